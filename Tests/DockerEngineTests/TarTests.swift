import Foundation
import SeededRandom
import Testing

@testable import DockerEngine

@Suite("Tar archives")
struct TarTests {
    @Test("of a folder are what tar itself lists and unpacks, with long names, other alphabets and links")
    func folder() async throws {
        try await withTemporaryFolder { folder in
            let long = String(repeating: "long-", count: 30) + "name"
            let tree = folder + "/tree"
            try FileManager.default.createDirectory(atPath: "\(tree)/deep/\(long)", withIntermediateDirectories: true)
            try write("#!/bin/sh\necho hi\n", to: tree + "/run.sh", mode: 0o755)
            try write("", to: tree + "/empty", mode: 0o600)
            try write(String(repeating: "x", count: 700_000), to: "\(tree)/deep/\(long)/large")
            try write("umlaut", to: tree + "/gr\u{fc}\u{df}e")
            try FileManager.default.createSymbolicLink(atPath: tree + "/link", withDestinationPath: "../no/where")
            try FileManager.default.createSymbolicLink(
                atPath: tree + "/far", withDestinationPath: String(repeating: "up/", count: 60))
            try await command("mkfifo", tree + "/pipe")

            let archive = folder + "/archive.tar"
            let stream = TarStream.directory(tree, prefix: "kozmic/src", uid: 1234, gid: 2_500_000)
            try Data(try await bytes(of: stream)).write(to: URL(fileURLWithPath: archive))
            let listed = try await command(
                "tar", "--numeric-owner", "--quoting-style=literal", "-tvf", archive, environment: ["LC_ALL": "C.UTF-8"]
            )
            let fields = listed.split(separator: "\n").map { line in
                let words = line.split(separator: " ", maxSplits: 5)
                return "\(words[0]) \(words[1]) \(words[0].hasPrefix("l") ? "0" : words[2]) \(words[5])"
            }
            let owner = "1234/2500000"
            #expect(
                fields.sorted() == [
                    "-rw------- \(owner) 0 kozmic/src/empty",
                    "-rw-r--r-- \(owner) 6 kozmic/src/gr\u{fc}\u{df}e",
                    "-rw-r--r-- \(owner) 700000 kozmic/src/deep/\(long)/large",
                    "-rwxr-xr-x \(owner) 18 kozmic/src/run.sh",
                    "drwxr-xr-x \(owner) 0 kozmic/src/",
                    "drwxr-xr-x \(owner) 0 kozmic/src/deep/",
                    "drwxr-xr-x \(owner) 0 kozmic/src/deep/\(long)/",
                    "lrwxrwxrwx \(owner) 0 kozmic/src/far -> \(String(repeating: "up/", count: 60))",
                    "lrwxrwxrwx \(owner) 0 kozmic/src/link -> ../no/where",
                ])
            try await command("tar", "--no-same-owner", "-xf", archive, "-C", folder)
            try await command("rm", tree + "/pipe")
            try await command("diff", "--recursive", "--no-dereference", tree, folder + "/kozmic/src")
        }
    }

    @Test("come back from our own reader as they were written")
    func roundTrip() async throws {
        let entries = [
            TarEntry("kozmic", .directory, mode: 0o700, uid: 1000, gid: 1000, modified: 1_700_000_000),
            TarEntry("kozmic/script", .bytes(Array("#!/bin/sh\n".utf8)), mode: 0o4755, uid: 5_000_000, modified: -7),
            TarEntry(path: Array("k/".utf8) + [0xff, 0xfe], .bytes([1, 2, 3])),
            TarEntry(path: Array(repeating: 0xff, count: 300), .symlink([0xfe, 0x2f])),
            TarEntry(String(repeating: "d/", count: 200) + "f", .bytes([UInt8](repeating: 7, count: 512))),
            TarEntry("empty", .bytes([])),
        ]
        #expect(try TarReader.entries(try await bytes(of: TarStream(entries))) == entries)
        // What others write: GNU tar's own kind of long names, and no end mark.
        try await withTemporaryFolder { folder in
            let long = String(repeating: "n", count: 180)
            try write("one", to: "\(folder)/\(long)")
            for format in ["gnu", "pax", "ustar"] {
                let archive = "\(folder)/\(format).tar"
                let name = format == "ustar" ? "gnu.tar" : long
                try await command("tar", "--format=\(format)", "-C", folder, "-cf", archive, name)
                let read = try TarReader.entries([UInt8](try Data(contentsOf: URL(fileURLWithPath: archive))))
                #expect(read.map(\.name) == [name])
                if format != "ustar" { #expect(read.first?.bytes == Array("one".utf8)) }
            }
        }
    }

    @Test("of the same tree are the same to the byte, and two can be one")
    func deterministic() async throws {
        try await withTemporaryFolder { folder in
            for name in ["b", "a", "c.d", "c"] { try write(name, to: "\(folder)/\(name)") }
            let stream = TarStream.directory(folder, prefix: "", uid: 1, gid: 1)
            let first = try await bytes(of: stream)
            #expect(try await bytes(of: stream) == first)
            #expect(try TarReader.entries(first).map(\.name) == ["a", "b", "c", "c.d"])
            let both = try await bytes(of: TarStream(TarEntry("z", .directory)) + stream)
            #expect(try TarReader.entries(both).map(\.name) == ["z", "a", "b", "c", "c.d"])
            #expect(both.count % 512 == 0)
        }
    }

    @Test(
        "never hold a path that leads out, and say which it was",
        arguments: ["", "/etc/passwd", "a/../../b", "..", ".", "a\0b", String(repeating: "a/", count: 3000)])
    func escape(path: String) async throws {
        await #expect(throws: TarError.self) { try await bytes(of: TarStream(TarEntry(path, .bytes([])))) }
    }

    @Test("cannot be made of what is not there, is no file, or is a folder in disguise")
    func missing() async throws {
        try await withTemporaryFolder { folder in
            for source in [folder + "/missing", folder, "/dev/zero"] {
                await #expect(throws: TarError.self) {
                    try await bytes(of: TarStream(TarEntry("file", .file(source))))
                }
            }
            await #expect(throws: TarError.self) {
                try await bytes(of: TarStream.directory(folder + "/missing", prefix: "x", uid: 0, gid: 0))
            }
        }
    }

    @Test("of a file beyond eight gigabytes carry its size", .timeLimit(.minutes(5)))
    func sparse() async throws {
        try await withTemporaryFolder { folder in
            try await command("truncate", "--size=9G", folder + "/huge")
            var chunks = TarStream(TarEntry("huge", .file(folder + "/huge"))).makeAsyncIterator()
            let start = try #require(try await chunks.next())
            #expect(String(decoding: start.prefix(2048), as: UTF8.self).contains("size=9663676416\n"))
        }
    }

    @Test("that are damaged are refused by the reader, which never crashes", arguments: 0..<150 as Range<UInt64>)
    func fuzz(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let entries = [
            TarEntry("a", .directory), TarEntry(String(repeating: "b", count: 200), .bytes(random.bytes(600))),
            TarEntry("l", .symlink([0x61])),
        ]
        var archive = try await bytes(of: TarStream(entries))
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0..<archive.count, using: &random)
            archive[place] = UInt8.random(in: .min ... .max, using: &random)
            // With the sum put right, the damage is found by others than the sum.
            if Bool.random(using: &random) { mendSum(&archive, block: place / 512 * 512) }
        }
        if Bool.random(using: &random) { archive.removeLast(Int.random(in: 0...archive.count, using: &random)) }
        _ = try? TarReader.entries(archive)
    }

    private func mendSum(_ archive: inout [UInt8], block: Int) {
        guard block + 512 <= archive.count else { return }
        for index in 148..<156 { archive[block + index] = 0x20 }
        let sum = archive[block..<block + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
        for (index, byte) in field.utf8.enumerated() { archive[block + 148 + index] = byte }
    }

    private func bytes(of stream: TarStream) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in stream { bytes += chunk }
        return bytes
    }
}
