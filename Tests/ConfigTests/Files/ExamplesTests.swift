import Config
import Foundation
import Model
import Testing

@Suite("Examples")
struct ExamplesTests {
    private func read(_ name: String) throws -> ConfigResult {
        ConfigReader.read(try ConfigSource.directory(SchemaFiles.root.appending(path: "examples/\(name)").path))
    }

    /// Every folder under `examples/` with a `kozmic.yaml`.
    static func names() throws -> [String] {
        let folder = SchemaFiles.root.appending(path: "examples")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { name in
            FileManager.default.fileExists(atPath: folder.appending(path: "\(name)/kozmic.yaml").path)
        }
    }

    @Test("Have no errors, and nothing to warn about", arguments: try names())
    func clean(name: String) throws {
        let result = try read(name)
        #expect(result.diagnostics == [])
        #expect(!result.desired.projects.isEmpty)
    }

    @Test("Are the ones that the documentation speaks of")
    func present() throws {
        #expect(Set(try Self.names()).isSuperset(of: ["minimal", "team"]))
        let team = try read("team").desired
        #expect(team.projects.map(\.repository.description) == ["acme/api", "acme/handbook", "acme/widget"])
        #expect(team.projects.flatMap(\.hooks).allSatisfy { $0.image == "kozmic/debian:bookworm" })
        let widget = try #require(team.projects.last)
        #expect(widget.settings.status == .both)
        let tests = try #require(widget.hooks.last)
        #expect(tests.installScript?.hasPrefix("#!/bin/bash\n") == true && tests.trackedFiles == ["requirements.txt"])
        let api = try #require(team.projects.first)
        #expect(api.settings.timeoutSeconds == 3600 && api.settings.resources.memoryBytes == 4 << 30)
    }
}
