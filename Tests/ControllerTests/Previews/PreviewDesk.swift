import Foundation
import GitHub
import Model
import Store
import Testing

@testable import Controller

/// What the tests of previews do with the admin repository acme/ci and its pull requests.
extension ControllerFixture {
    /// A new one remembers nothing of what an earlier one wrote.
    var previews: ConfigurationPreviews {
        get throws {
            ConfigurationPreviews(
                repository: try #require(configuration.adminRepositoryName), configuration: configuration,
                store: store, client: client, logger: logger)
        }
    }

    /// Opens a pull request from a branch of the admin repository, or `owner:branch` of a fork.
    @discardableResult
    func open(_ head: String, in repository: String = "acme/ci") async throws -> Int {
        let answer = try await control(
            "POST", "/repos/\(repository)/pulls", ["title": "Change \(head)", "head": head])
        return try #require((answer as? [String: Any])?["number"] as? Int)
    }

    /// The comments on a pull request of the admin repository.
    func comments(_ number: Int) async throws -> [(id: Int64, user: String, body: String)] {
        try await list("/repos/acme/ci/pulls/\(number)/comments").map { comment in
            (
                try #require(comment["id"] as? Int64), try #require(comment["user"] as? String),
                try #require(comment["body"] as? String)
            )
        }
    }

    /// The only comment.
    func comment(_ number: Int) async throws -> (id: Int64, body: String) {
        let all = try await comments(number)
        #expect(all.count == 1)
        let first = try #require(all.first)
        return (first.id, first.body)
    }

    /// `state: description` of the configuration's statuses of a commit, oldest first.
    func verdicts(_ commit: String) async throws -> [String] {
        try await list("/repos/acme/ci/statuses/\(commit)")
            .filter { $0["context"] as? String == "Kozmic CI / configuration" }
            .map { "\($0["state"] ?? ""): \($0["description"] ?? "")" }
    }

    /// The lines of the comment's plan that are operations.
    static func announced(_ body: String) -> [String] {
        var isPlan = false
        var lines: [String] = []
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isPlan = line == "```diff"
            } else if isPlan {
                lines.append(String(line))
            }
        }
        return lines
    }
}
