import DockerEngine
import Foundation
import Testing

@Suite("Archives into and out of a container", .needsEngine, .timeLimit(.minutes(5)))
struct ArchiveTests {
    @Test("a folder goes in with the owner it was given, into a volume of a container that never ran")
    func upload() async throws {
        try await withEngine { fixture in
            try await withTemporaryFolder { folder in
                try FileManager.default.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: false)
                try write("#!/bin/sh\necho ran", to: folder + "/run", mode: 0o755)
                try write(String(repeating: "0123456789", count: 500_000), to: folder + "/sub/large")
                try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "sub/large")
                let volume = "kozmic-test-\(fixture.id)"
                try await fixture.engine.createVolume(name: volume, labels: fixture.labels)
                var spec = fixture.spec(
                    "cd /kozmic && stat -c '%u:%g %a %F %s %n' . src src/* src/sub/* && src/run && readlink src/link")
                spec.mounts = [DockerMount(.volume(volume, noCopy: true), at: "/kozmic")]
                let id = try await fixture.engine.createContainer(spec)
                let tree = TarStream.directory(folder, prefix: "kozmic/src", uid: 1234, gid: 2345)
                let parent = TarStream(TarEntry("kozmic", .directory, uid: 1234, gid: 2345))
                try await fixture.engine.putArchive(id, path: "/", tar: parent + tree)
                let stream = try await fixture.engine.attach(id)
                try await fixture.engine.start(id)
                let output = try await collect(stream)
                #expect(
                    output.stdout.split(separator: "\n").map(String.init) == [
                        "1234:2345 755 directory 4096 .", "1234:2345 755 directory 4096 src",
                        "1234:2345 777 symbolic link 9 src/link", "1234:2345 755 regular file 18 src/run",
                        "1234:2345 755 directory 4096 src/sub", "1234:2345 644 regular file 5000000 src/sub/large",
                        "ran",
                        "sub/large",
                    ], "\(output.stderr)")
            }
        }
    }

    @Test("a file comes out with its owner; what is missing is nothing, what is too large an error")
    func download() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let id = try await engine.createContainer(fixture.spec("true"))
            let archive = try #require(try await engine.getArchive(id, path: "/etc/passwd"))
            let passwd = try #require(try TarReader.entries(archive).first)
            #expect(passwd.name == "passwd" && passwd.uid == 0)
            #expect(String(decoding: passwd.bytes ?? [], as: UTF8.self).contains("\nkozmic:x:"))
            #expect(try await engine.getArchive(id, path: "/missing") == nil)
            let error = try await #require(throws: DockerError.self) {
                try await engine.getArchive(id, path: "/usr/bin", limit: 100_000)
            }
            #expect(error.kind == .tooLarge(100_000))
        }
    }

    @Test("an archive that fails half-way is an error that says why, and the engine goes on")
    func failedUpload() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let id = try await engine.createContainer(fixture.spec("true"))
            let broken = TarStream(
                TarEntry("a", .bytes([UInt8](repeating: 1, count: 1 << 20))), TarEntry("b", .file("/missing/file")))
            let error = try await #require(throws: DockerError.self) {
                try await engine.putArchive(id, path: "/tmp", tar: broken)
            }
            #expect(error.message.contains("/missing/file"))
            let nowhere = try await #require(throws: DockerError.self) {
                try await engine.putArchive(id, path: "/no/such/folder", tar: TarStream(TarEntry("a", .bytes([1]))))
            }
            #expect(nowhere.kind == .notFound)
            #expect(try await engine.container(id) != nil)
        }
    }
}
