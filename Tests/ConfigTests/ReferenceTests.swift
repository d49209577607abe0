import Foundation
import Testing

@testable import Config

/// `Sources/Config/README.md` says what the parser does.
@Suite("The reference of the keys")
struct ReferenceTests {
    private struct Row {
        var key: String
        var cells: [String]
    }

    /// The tables of the reference, by the mapping whose keys they list.
    private func tables() throws -> [String: [Row]] {
        let file = SchemaFiles.root.appending(path: "Sources/Config/README.md")
        var tables: [String: [Row]] = [:]
        var current: String?
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if let match = line.wholeMatch(of: /<!-- keys: (\w+) -->/) {
                current = String(match.1)
            } else if let shape = current, line.hasPrefix("| `") {
                let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                tables[shape, default: []].append(Row(key: Self.plain(cells[0]), cells: cells))
            } else if !line.hasPrefix("|") {
                current = nil
            }
        }
        return tables
    }

    private static func plain(_ text: String) -> String { text.replacing("`", with: "") }

    @Test("Each key has a row with its default", arguments: Shape.allCases)
    func keys(shape: Shape) throws {
        let rows = try #require(try tables()[shape.rawValue], "no table for \(shape)")
        let keys =
            switch shape {
            case .project: ProjectKey.own
            case .hook: HookKey.own
            default: shape.keys
            }
        #expect(Set(rows.map(\.key)) == Set(keys), "add or remove rows in Sources/Config/README.md")
        for row in rows {
            #expect(row.cells.count == 4 && row.cells.allSatisfy { !$0.isEmpty }, "\(row.key)")
            guard row.cells.count == 4 else { continue }
            if let builtIn = BuiltIn.text(shape, row.key) {
                #expect(Self.plain(row.cells[2]) == builtIn, "\(row.key)")
            } else {
                #expect(!row.cells[2].hasPrefix("`"), "\(row.key) has no default")
            }
        }
    }

    @Test("The examples in the reference are good")
    func examples() throws {
        let file = SchemaFiles.root.appending(path: "Sources/Config/README.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let blocks = text.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }
        #expect(blocks.count >= 6)
        for block in blocks {
            let text = String(block)
            var files = ["scripts/install.sh": "#!/bin/sh\n", "scripts/test.sh": "#!/bin/sh\n"]
            if text.contains("repository:") {
                files["projects/a.yaml"] = text
            } else if text.hasPrefix("hooks:") {
                files["projects/a.yaml"] = "repository: acme/widget\n" + text
            } else if text.hasPrefix("concurrency:") {
                files["projects/a.yaml"] = Admin.hook(text)
            } else {
                files["kozmic.yaml"] = text
            }
            let errors = Admin.read(files).diagnostics.filter {
                $0.severity == .error && !$0.message.contains("declares")
            }
            #expect(errors == [], "\(text)")
        }
    }
}
