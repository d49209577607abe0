import Foundation
import Testing
import YAML

/// The schemas of the project, and the files that they are held against.
enum SchemaFiles {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent().deletingLastPathComponent()

    static func schema(_ name: String) throws -> JSON {
        try JSONDecoder().decode(JSON.self, from: Data(contentsOf: root.appending(path: "schemas/\(name).schema.json")))
    }

    /// The schema for a file of that name, which is `kozmic.yaml` or a project.
    static func schema(for file: String) throws -> JSON { try schema(name(for: file)) }
    static func name(for file: String) -> String { file.hasPrefix("kozmic") ? "kozmic" : "project" }

    static func instance(_ text: String) throws -> JSON {
        let document = YAMLDocument.parse(text)
        try #require(document.errors.isEmpty, "\(document.errors)")
        return JSON(document.root)
    }

    /// One file with one mistake, and the diagnostic that its last line announces.
    struct Bad: CustomTestStringConvertible {
        var name: String
        var text: String
        var announced: String
        var testDescription: String { name }
    }

    static func bad() throws -> [Bad] {
        let folder = tests.appending(path: "Fixtures/bad")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let last = text.split(separator: "\n").last ?? ""
            return Bad(name: file, text: text, announced: last.hasPrefix("# ") ? String(last.dropFirst(2)) : "nothing")
        }
    }

    /// Every file of the examples that a schema describes, by its path below `examples/`.
    static func examples() throws -> [(path: String, text: String)] {
        let folder = root.appending(path: "examples")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        return try paths.filter { $0.hasSuffix(".yaml") }.map { path in
            (path, try String(contentsOf: folder.appending(path: path), encoding: .utf8))
        }
    }
}
