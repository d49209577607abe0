import DockerEngine
import Model
import Testing

@testable import Runner

@Suite(
    "Images that are not for the engine's machine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct ForeignImageTests {
    @Test("an image for another machine is named, with both machines")
    func foreignImage() async throws {
        try await RunnerFixture.with { fixture in
            // The head of a program for IBM's mainframes, which few have an emulator of.
            var program: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 2, 1] + [UInt8](repeating: 0, count: 57)
            program[17] = 2
            program[19] = 22
            let files = [
                TarEntry("bin/sh", .bytes(program), mode: 0o755, uid: 0, gid: 0),
                TarEntry("etc/passwd", .bytes(Array("root:x:0:0::/:/bin/sh\n".utf8)), mode: 0o644, uid: 0, gid: 0),
            ]
            var archive: [UInt8] = []
            for try await chunk in TarStream(files) { archive += chunk }
            let image = "kozmic-test/\(fixture.instance):foreign"
            // The label lets the fixture remove it.
            try await fixture.engine.importImage(
                archive, as: image, changes: ["LABEL \(Labels.instance)=\(fixture.instance)"], platform: "linux/s390x")
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
}
