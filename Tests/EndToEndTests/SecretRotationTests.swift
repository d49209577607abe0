import Config
import Foundation
import Model
import Testing

@testable import kozmic

@Suite("Sealing a work tree again for a new key")
struct SecretRotationTests {
    private let repository: RepositoryName
    private let old: SecretKey
    private let new: SecretKey

    init() throws {
        repository = try #require(RepositoryName("acme/widget"))
        old = try #require(SecretKey(bytes: Array(0..<32)))
        new = try #require(SecretKey(bytes: Array(32..<64)))
    }

    private func with(_ body: (_ folder: String, _ file: String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-rotate-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: "\(folder)/projects", withIntermediateDirectories: true)
        let sealed = try ["A", "B"].map {
            try SealedSecret.seal("value of \($0)", for: repository, name: $0, with: OpeningKey(old).sealingKey)
        }
        let text = """
            repository: acme/widget   # a comment
            hooks:
              tests:
                image: debian
                build_script: '#!/bin/sh'
                secrets: {A: '\(sealed[0])', B: "\(sealed[1])"}
              again:
                image: debian
                build_script: '#!/bin/sh'
                secrets: {A: '\(sealed[0])'}

            """
        let file = "\(folder)/projects/widget.yaml"
        try Data(text.utf8).write(to: URL(filePath: file))
        try body(folder, file)
    }

    private func read(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

    @Test("Only the sealed values change, and a second time nothing does")
    func rotate() throws {
        try with { folder, file in
            let before = try read(file)
            let rotation = try SecretRotation(directory: folder, new: new, old: [old])
            #expect(rotation.problems.isEmpty)
            try rotation.write()
            let after = try read(file)
            let form = /sealed:v1:[A-Za-z0-9_-]+/
            #expect(before.replacing(form, with: "") == after.replacing(form, with: ""))
            let texts = after.matches(of: form).map { String($0.output) }
            let keys = try OpeningKeys(new)
            #expect(texts.count == 3)
            for (text, name) in zip(texts, ["A", "B", "A"]) {
                #expect(try keys.open(text, for: repository, name: name) == "value of \(name)")
            }
            try SecretRotation(directory: folder, new: new, old: []).write()
            #expect(try read(file) == after)
        }
    }

    @Test("Without the old key, or with a mistake in a file, there are problems")
    func problems() throws {
        try with { folder, file in
            let rotation = try SecretRotation(directory: folder, new: new, old: [])
            #expect(rotation.problems.map(\.line) == [6, 6])
            try Data("repository: acme/x\nhook: {}\n".utf8).write(to: URL(filePath: "\(folder)/projects/x.yaml"))
            #expect(
                try SecretRotation(directory: folder, new: new, old: [old]).problems.map(\.path) == ["projects/x.yaml"])
        }
    }
}
