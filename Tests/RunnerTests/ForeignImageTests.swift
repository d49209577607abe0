import DockerEngine
import Foundation
import Model
import OpenSSL
import Testing

@testable import Runner

@Suite(
    "Images that are not for the engine's machine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct ForeignImageTests {
    @Test("an image for another machine is named, with both machines")
    func foreignImage() async throws {
        try await RunnerFixture.with { fixture in
            // The head of a program for a machine that does not exist, so that no emulator takes it.
            var program: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 2, 1] + [UInt8](repeating: 0, count: 57)
            program[17] = 2
            program[18] = 0xFF
            program[19] = 0xFF
            let files = [
                TarEntry("bin/sh", .bytes(program), mode: 0o755, uid: 0, gid: 0),
                TarEntry("etc/passwd", .bytes(Array("root:x:0:0::/:/bin/sh\n".utf8)), mode: 0o644, uid: 0, gid: 0),
            ]
            let image = "kozmic-test/\(fixture.instance):foreign"
            try await load(files, as: image, for: "s390x", label: fixture.instance)
            let job = try fixture.job(build: "#!/bin/sh\ntrue\n") {
                $0.image = image
                $0.user = "root"
            }
            let (outcome, _) = try await fixture.run(job)
            #expect(outcome.state == .error)
            let reason = try #require(outcome.reason)
            let machine = try await fixture.engine.version()
            let platform = "\(machine.operatingSystem)/\(machine.architecture)"
            #expect(
                reason.contains("the image \(image) is for linux/s390x, the Docker Engine's machine is \(platform)."),
                "\(reason)")
        }
    }

    /// The engine takes an image's machine from its description only, not from what is in it.
    ///
    /// - Parameter label: lets the fixture remove it.
    private func load(_ files: [TarEntry], as image: String, for machine: String, label: String) async throws {
        let layer = try await bytes(files)
        let config: [String: Any] = [
            "architecture": machine, "os": "linux", "config": ["Labels": [Labels.instance: label]],
            "rootfs": ["type": "layers", "diff_ids": ["sha256:\(Hex.encode(SHA256.hash(layer)))"]],
        ]
        let manifest: [[String: Any]] = [["Config": "config.json", "RepoTags": [image], "Layers": ["layer.tar"]]]
        func entry(_ name: String, _ bytes: [UInt8]) -> TarEntry {
            TarEntry(name, .bytes(bytes), mode: 0o644, uid: 0, gid: 0)
        }
        let archive = try await bytes([
            entry("layer.tar", layer), entry("config.json", Array(JSONSerialization.data(withJSONObject: config))),
            entry("manifest.json", Array(JSONSerialization.data(withJSONObject: manifest))),
        ])
        let file = FileManager.default.temporaryDirectory.appending(path: "kozmic-foreign-\(UUID().uuidString).tar")
        try Data(archive).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let docker = Process()
        docker.executableURL = URL(filePath: "/usr/bin/env")
        docker.arguments = [
            "docker", "--host", try #require(RunnerFixture.host), "load", "--quiet", "--input", file.path,
        ]
        docker.standardOutput = FileHandle.nullDevice
        try docker.run()
        docker.waitUntilExit()
        try #require(docker.terminationStatus == 0)
    }

    private func bytes(_ entries: [TarEntry]) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in TarStream(entries) { bytes += chunk }
        return bytes
    }
}
