import Foundation
import Model
import Testing

/// GitHub's own examples are not part of the project; they lie beside it on machines where it is developed.
@Suite("GitHub's example payloads")
struct RecordedPayloadTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "../shared/github/payloads")
        .standardized

    static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

    private func payload(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Self.folder.appending(path: path)))
    }

    @Test("Every one is understood", .enabled(if: isPresent, "the folder ../shared/github/payloads is not there"))
    func all() throws {
        let files = FileManager.default.enumerator(at: Self.folder, includingPropertiesForKeys: nil)
        var count = 0
        for case let file as URL in files ?? .init() where file.pathExtension == "json" {
            count += 1
            let event = file.deletingLastPathComponent().lastPathComponent
            let bytes = Array(try Data(contentsOf: file))
            _ = try WebhookEvent.parse(event: event, payload: bytes)
            if let repository = try WebhookRepository.parse(bytes) {
                #expect(repository.id > 0)
            } else {
                #expect(
                    ["membership", "organization", "ping", "team", "installation", "installation_repositories", "meta"]
                        .contains(event))
            }
        }
        #expect(count > 40)
    }

    @Test(
        "The ones that decide about builds",
        .enabled(if: isPresent, "the folder ../shared/github/payloads is not there"))
    func builds() throws {
        let head = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
        let push = try WebhookEvent.parse(event: "push", payload: payload("push/with-new-branch.payload.json"))
        #expect(
            push
                == .trigger(
                    TriggerEvent(
                        kind: .push, ref: .branch("master"), commit: head, message: "Initial commit",
                        authorName: "Codertocat", authorEmail: "21031067+Codertocat@users.noreply.github.com",
                        authorLogin: AccountName("Codertocat"), sender: "Codertocat", happenedAt: 1_557_933_657)))
        let deleted = try WebhookEvent.parse(event: "push", payload: payload("push/payload.json"))
        #expect(deleted == .deleted(GitRef("refs/tags/simple-tag"), at: 1_557_933_657))
        let updated = try WebhookEvent.parse(
            event: "pull_request", payload: payload("pull_request/synchronize.payload.json"))
        guard case .trigger(let trigger) = updated else {
            Issue.record("\(updated)")
            return
        }
        #expect(trigger.ref == .branch("changes") && trigger.pullRequest == 2 && trigger.baseBranch == "master")
        #expect(trigger.before == "f95f852bd8fca8fcc58a9a2d6c842781e32a215e" && !trigger.fromFork)
        let repository = try #require(try WebhookRepository.parse(payload("push/payload.json")))
        #expect(repository.name == RepositoryName("Codertocat/Hello-World"))
        #expect(repository.id == 186_853_002 && !repository.isPrivate && repository.defaultBranch == "master")
    }
}
