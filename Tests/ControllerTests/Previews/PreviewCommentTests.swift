import Model
import Reconciler
import Testing

@testable import Controller

@Suite("The comment on a pull request")
struct PreviewCommentTests {
    @Test("two deploy keys of one repository are told in one line, one of another in its own")
    func deployKeys() throws {
        var preview = Preview(head: "a", base: "b")
        for (name, ids) in [("acme/gear", [1, 2]), ("acme/widget", [3])] as [(String, [Int64])] {
            let repository = try #require(RepositoryName(name))
            var entry = LivePlan.Entry(repository: repository)
            entry.plan = Plan(
                repository: repository,
                operations: ids.map { .deployKey(.delete(id: $0, title: "Kozmic")) })
            preview.entries.append(entry)
        }
        let text = PreviewComment(preview: preview, repositoryURL: "https://github.example/a/b", branch: "main")
            .consequences
        let lines = text.split(separator: "\n").filter { $0.contains("deploy key") }
        #expect(
            lines == ["- 2 deploy keys of `acme/gear` are removed", "- the deploy key of `acme/widget` is removed"])
    }
}
