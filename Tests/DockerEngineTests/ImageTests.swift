import DockerEngine
import Foundation
import Synchronization
import Testing

@Suite("Images of a real engine", .timeLimit(.minutes(5)))
struct ImageTests {
    @Test("a container is committed with labels, and what it must not keep is left behind", .needsEngine)
    func commit() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            var spec = fixture.spec("echo kept > /kept")
            spec.environment = ["TOKEN=s3cret", "MODE=install", "OTHER=s3cret"]
            let container = try await engine.createContainer(spec)
            try await engine.start(container)
            #expect(try await engine.wait(container) == 0)
            let name = "kozmic-test/\(fixture.id):key"
            let changes = DockerCommitConfig(
                labels: ["kozmic.key": "k"], environment: ["TOKEN=", "MODE=build", "OTHER"],
                command: ["/bin/bash", "-c", "cat /kept; env | grep -E '^(TOKEN|MODE|OTHER)' | sort"],
                comment: "install script")
            let id = try await engine.commit(container: container, reference: name, changes: changes)
            #expect(id.hasPrefix("sha256:"))
            let image = try #require(try await engine.image(name))
            #expect(image.id == id && image.tags == [name] && image.architecture.isEmpty == false && image.size > 0)
            #expect(image.labels["kozmic.key"] == "k" && image.labels["kozmic.test"] == fixture.id)
            #expect(Set(image.environment).isSuperset(of: ["TOKEN=", "MODE=build"]))
            #expect(!image.environment.contains { $0.contains("s3cret") })
            #expect(try await engine.images(labels: ["kozmic.key": "k", "kozmic.test": fixture.id]).map(\.id) == [id])

            var run = DockerContainerSpec(image: name)
            run.labels = fixture.labels
            run.networkMode = "none"
            #expect(try await fixture.output(of: run) == "kept\nMODE=build\nTOKEN=\n")

            try await engine.tag(name, as: "kozmic-test/\(fixture.id):other")
            #expect(try await engine.image(id)?.tags.count == 2)
            try await engine.removeImage(name)
            #expect(try await engine.image(name) == nil)
            #expect(try await engine.image(id) != nil)
            try await engine.removeImage(name)
        }
    }

    @Test("an image is pulled from a registry with progress, by tag and by digest", .needsRegistry)
    func pull() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let name = "\(EngineFixture.registry ?? "")/kozmic-test/\(fixture.id)"
            try await push("\(name):one", fixture)
            try await engine.removeImage("\(name):one")
            #expect(try await engine.image("\(name):one") == nil)
            let news = Mutex<[DockerPullProgress]>([])
            try await engine.pull("\(name):one") { line in news.withLock { $0.append(line) } }
            let image = try #require(try await engine.image("\(name):one"))
            let digest = try #require(image.digests.first)
            #expect(digest.hasPrefix("\(name)@sha256:"))
            #expect(news.withLock { $0 }.contains { $0.status.hasPrefix("Digest: sha256:") })
            try await engine.removeImage(image.id, force: true)
            try await engine.pull(digest)
            #expect(try await engine.image(digest)?.id == image.id)
        }
    }

    @Test("a pull of what is not there fails with the engine's words", .needsRegistry)
    func missing() async throws {
        try await withEngine { fixture in
            let name = "\(EngineFixture.registry ?? "")/kozmic-test/\(fixture.id):missing"
            let error = try await #require(throws: DockerError.self) { try await fixture.engine.pull(name) }
            #expect(error.message.contains("manifest"))
            #expect(error.kind == .notFound || error.kind == .stream)
            // Nobody listens there.
            let refused = try await #require(throws: DockerError.self) {
                try await fixture.engine.pull("127.0.0.1:1/kozmic-test/a:b")
            }
            #expect(refused.message.contains("127.0.0.1:1"))
        }
    }

    /// A tiny image of its own, pushed with Docker's command.
    private func push(_ name: String, _ fixture: EngineFixture) async throws {
        try await withTemporaryFolder { folder in
            var archive = Data()
            for try await chunk in TarStream(TarEntry("hello", .bytes(Array(fixture.id.utf8)))) { archive += chunk }
            try archive.write(to: URL(fileURLWithPath: folder + "/root.tar"))
            let environment = ["DOCKER_HOST": EngineFixture.host ?? "", "DOCKER_CONFIG": folder]
            let label = "LABEL kozmic.test=\(fixture.id)"
            try await command(
                "docker", "import", "--change", label, folder + "/root.tar", name, environment: environment)
            try await command("docker", "push", "--quiet", name, environment: environment)
        }
    }
}
