import Curl
import DockerEngine
import Foundation
import Testing

/// A real engine with the base image. What a test makes carries its label, and is removed at its end.
struct EngineFixture {
    static let host = ProcessInfo.processInfo.environment["KOZMIC_TEST_DOCKER_HOST"]
    static let registry = ProcessInfo.processInfo.environment["KOZMIC_TEST_REGISTRY"]
    static let image = ProcessInfo.processInfo.environment["KOZMIC_TEST_IMAGE"] ?? "kozmic/debian:bookworm"

    let engine: DockerEngine
    /// Different in each test.
    let id = UUID().uuidString.lowercased()

    var labels: [String: String] { ["kozmic.test": id] }
    var filter: [String: String?] { ["kozmic.test": id] }

    /// A container that runs a script with bash.
    func spec(_ script: String) -> DockerContainerSpec {
        var spec = DockerContainerSpec(image: Self.image)
        spec.entrypoint = []
        spec.command = ["/bin/bash", "-c", script]
        spec.labels = labels
        spec.networkMode = "none"
        return spec
    }

    /// Starts a script and returns the container.
    func run(_ script: String) async throws -> String {
        let id = try await engine.createContainer(spec(script))
        try await engine.start(id)
        return id
    }

    /// Runs a script to its end and returns what it wrote to standard output.
    func output(of spec: DockerContainerSpec) async throws -> String {
        let id = try await engine.createContainer(spec)
        let stream = try await engine.attach(id)
        try await engine.start(id)
        let output = try await collect(stream)
        #expect(try await engine.wait(id) == 0, "\(output.stderr)")
        return output.stdout
    }

    func cleanUp() async {
        for container in (try? await engine.containers(labels: filter)) ?? [] {
            try? await engine.remove(container.id, force: true, volumes: true)
        }
        for image in (try? await engine.images(labels: filter)) ?? [] {
            try? await engine.removeImage(image.id, force: true)
        }
        for volume in (try? await engine.volumes(labels: filter)) ?? [] {
            try? await engine.removeVolume(volume.name, force: true)
        }
        for network in (try? await engine.networks(labels: filter)) ?? [] {
            try? await engine.removeNetwork(network.id)
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips what needs an engine when there is none.
    static var needsEngine: Self {
        .enabled(if: EngineFixture.host != nil, "needs an engine: Tests/Support/with-engine.sh swift test")
    }

    /// The same for the registry.
    static var needsRegistry: Self {
        .enabled(
            if: EngineFixture.host != nil && EngineFixture.registry != nil,
            "needs an engine and a registry: Tests/Support/with-engine.sh swift test")
    }
}

func withEngine(_ body: (EngineFixture) async throws -> Void) async throws {
    let curl = CurlClient(CurlOptions())
    let fixture = EngineFixture(engine: try DockerEngine(host: EngineFixture.host ?? "", curl: curl))
    let result: Result<Void, any Error>
    do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
    await fixture.cleanUp()
    await curl.close()
    try result.get()
}

/// Everything in a stream of frames.
func collect(_ stream: DockerFrameStream) async throws -> (stdout: String, stderr: String) {
    var bytes: [DockerFrame.Stream: [UInt8]] = [:]
    for try await frame in stream { bytes[frame.stream, default: []] += frame.bytes }
    return (
        String(decoding: bytes[.stdout] ?? [], as: UTF8.self), String(decoding: bytes[.stderr] ?? [], as: UTF8.self)
    )
}
