import Foundation
import Testing

@testable import Git

@Suite("A person's clone that has not everything itself")
struct CloneTests {
    @Test("a checkout of a shallow clone is shallow, with the tags that it can reach")
    func shallow() async throws {
        try await Fixture.with { fixture in
            for number in 1...4 {
                try fixture.commit(["a": "\(number)"])
                try fixture.git("tag", "v\(number)")
            }
            let head = try fixture.git("rev-parse", "HEAD")
            let clone = "\(fixture.root)/shallow"
            try fixture.git("clone", "-q", "--depth", "2", "file://\(fixture.source)", clone)
            // One that is no part of the branch's history.
            try fixture.git("fetch", "-q", "--depth", "1", "origin", "tag", "v1", in: clone)
            let linked = "\(fixture.root)/linked"
            try fixture.git("worktree", "add", "-q", "--detach", linked, in: clone)
            for place in [clone, linked] {
                let copy = "\(fixture.root)/copy-of-\(place.lastName)"
                try await GitMirror(readingFrom: place).checkout(commit: head, into: copy)
                #expect(try fixture.git("log", "--format=%s", in: copy) == "change\nchange")
                #expect(try fixture.git("tag", in: copy) == "v3\nv4")
                #expect(try fixture.git("describe", "--tags", in: copy) == "v4")
                #expect(try fixture.git("status", "--porcelain", in: copy) == "")
            }
        }
    }

    @Test("a checkout of a clone that borrows objects has them all")
    func borrowing() async throws {
        try await Fixture.with { fixture in
            try fixture.commit(["a": "1"])
            try fixture.git("repack", "-qad")
            try fixture.commit(["a": "2"])
            let first = "\(fixture.root)/first"
            let second = "\(fixture.root)/second"
            try fixture.git("clone", "-q", "--shared", fixture.source, first)
            try fixture.git("clone", "-q", "--shared", first, second)
            let head = try fixture.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "third", in: second)
            let copy = "\(fixture.root)/copy"
            try await GitMirror(readingFrom: second).checkout(commit: head, into: copy)
            try fixture.git("fsck", "--full", in: copy)
            #expect(try fixture.git("log", "--format=%s", in: copy) == "third\nchange\nchange")
        }
    }
}
