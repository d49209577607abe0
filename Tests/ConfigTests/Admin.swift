import Config
import Model

/// Short forms for tests.
enum Admin {
    /// Reads an admin repository of these texts.
    static func read(_ files: [String: String], unreadable: [String: String] = [:]) -> ConfigResult {
        ConfigReader.read(ConfigSource(files: files.mapValues { Array($0.utf8) }, unreadable: unreadable))
    }

    /// The diagnostics of one project file, as printed, without the path.
    static func project(_ text: String, settings: String? = nil, scripts: [String: String] = [:]) -> [String] {
        var files = scripts
        files["projects/p.yaml"] = text
        files["kozmic.yaml"] = settings
        return read(files).diagnostics.filter { $0.path == "projects/p.yaml" }.map(short)
    }

    /// The diagnostics of `kozmic.yaml`.
    static func settings(_ text: String) -> [String] {
        read(["kozmic.yaml": text]).diagnostics.map(short)
    }

    static func short(_ diagnostic: Diagnostic) -> String {
        let severity = diagnostic.severity == .warning ? "warning: " : ""
        return "\(diagnostic.line):\(diagnostic.column): \(severity)\(diagnostic.message)"
    }

    /// A project with one hook, to which keys are added.
    static func hook(_ lines: String = "", project: String = "") -> String {
        let indented = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        return "repository: acme/widget\n\(project)hooks:\n  tests:\n    image: debian\n    build_script: '#!/bin/sh'\n"
            + indented
    }

    /// A value sealed for a variable of `acme/widget`, the same each time.
    static func sealed(_ name: String) throws -> String {
        guard let text = try texts[name]?.get() else { throw Missing(name: name) }
        return text
    }

    private static let texts: [String: Result<String, any Error>] = ["PYPI_TOKEN": seal("PYPI_TOKEN"), "A": seal("A")]

    private static func seal(_ name: String) -> Result<String, any Error> {
        Result {
            guard let key = SecretKey(bytes: Array(0..<32)), let repository = RepositoryName("acme/widget") else {
                throw Missing(name: name)
            }
            return try SealedSecret.seal("value", for: repository, name: name, with: OpeningKey(key).sealingKey)
                .description
        }
    }

    private struct Missing: Error { var name: String }
}
