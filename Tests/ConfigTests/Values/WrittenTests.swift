import Config
import Model
import SeededRandom
import Testing
import YAML

@Suite("YAML that is written")
struct WrittenTests {
    @Test("a text is the same text when it is read again, as a key and as a value")
    func scalars() throws {
        var random = SeededGenerator(seed: 41)
        let pieces = [
            "a", "Z", "0", "9", "-", "_", ".", "/", " ", ":", "#", "'", "\"", "\\", "\n", "\t", "{", "}", "[", "]", ",",
            "&", "*", "!", "|", ">", "%", "@", "`", "é", "\u{2028}", "\u{202E}", "\u{85}", "🙂", "~", "?", "=", "<",
        ]
        var texts = [
            "null", "Null", "true", "FALSE", "on", "No", "y", "1", "012", "0x1f", "1e3", "-", "- a", "a: b", "a #b",
            ".inf",
            ".nan", "~", "", " ", "<<", "---", "...", "octocat", "acme/widget", "release/*", "2001-01-01", "'", "\"",
        ]
        for _ in 0..<3000 {
            texts.append(
                (0..<Int.random(in: 1...6, using: &random)).compactMap { _ in
                    pieces.randomElement(using: &random)
                }.joined())
        }
        for text in texts {
            let written = YAMLText.scalar(text)
            let document = YAMLDocument.parse("\(written): [\(written), {x: \(written)}]\n")
            #expect(document.errors.isEmpty, "\(written): \(document.errors.map(\.message))")
            guard case .mapping(let pairs)? = document.root?.content, let pair = pairs.first,
                case .sequence(let items) = pair.value.content
            else {
                Issue.record("\(written) is no key")
                continue
            }
            #expect(pair.key.scalar?.value == .string(text), "\(written)")
            #expect(items.first?.scalar?.value == .string(text), "\(written)")
        }
        for text in ["a\nb", "a\u{85}b", "x\u{2028}y"] {
            #expect(YAMLText.comment(text).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
        }
    }

    @Test("an imported file passes the linter, and so does its example")
    func draft() throws {
        var draft = ProjectDraft(
            repository: try #require(RepositoryName("Acme/Widget.js")), owner: "null", isPrivate: true,
            defaultBranch: "it's-{odd}", notes: ["Somebody\nhooks: [x]"])
        draft.permissions.collaborators = ["123": .push, "on": .admin]
        draft.permissions.teams = ["core": .maintain]
        let result = Admin.read([draft.path: draft.text])
        #expect(result.diagnostics.map(\.message) == ["the project has no hooks, so nothing runs"])
        let project = try #require(result.desired.projects.first)
        #expect(project.permissions == draft.permissions && project.owner == "null" && project.deployKey == .never)

        var own = draft
        own.hasDeployKey = true
        #expect(Admin.read([own.path: own.text]).desired.projects.first?.deployKey == .auto)
        own.isPrivate = false
        #expect(Admin.read([own.path: own.text]).desired.projects.first?.deployKey == .always)

        let example = draft.text.replacing("# hooks:", with: "hooks:").replacing("\n#   ", with: "\n  ")
        let filled = Admin.read([draft.path: example])
        #expect(filled.diagnostics.isEmpty, "\(filled.diagnostics)")
        #expect(filled.desired.projects.first?.hooks.first?.triggers.push?.branches == ["it's-{odd}"])
    }
}
