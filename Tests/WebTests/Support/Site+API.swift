import Foundation
import GitHub
import Model
import Store
import Synchronization
import Testing

@testable import Web

/// A GitHub that knows whose tokens these are, and counts how often it was asked.
final class TokenOffice: Sendable {
    private let state = Mutex((questions: 0, trouble: GitHubError.Kind?.none))

    /// How often somebody asked.
    var questions: Int { state.withLock { $0.questions } }

    /// From now on it answers with this.
    func fail(_ kind: GitHubError.Kind?) { state.withLock { $0.trouble = kind } }

    /// `token-of-manager` is the manager's, and so is `ghp_manager`, which looks like one; others are nobody's.
    @Sendable func account(_ token: GitHubToken) async throws(GitHubError) -> GitHubAccount {
        let trouble = state.withLock { state in
            state.questions += 1
            return state.trouble
        }
        if let trouble { throw GitHubError(kind: trouble, message: "trouble") }
        let known = Site.accounts.first { ["token-of-\($0.login)", "ghp_\($0.login)"].contains(token.reveal()) }
        guard let known else { throw GitHubError(kind: .unauthorized, message: "Bad credentials") }
        return known
    }
}

extension Site {
    /// A member, a manager, the owner, and somebody who can read the admin repository only.
    static let accounts = ["member", "manager", "octocat", "reader"].enumerated().compactMap { position, login in
        let answer = Data(#"{"id":\#(position + 1),"login":"\#(login)"}"#.utf8)
        return try? JSONDecoder().decode(GitHubAccount.self, from: answer)
    }

    /// The headers of somebody with a token; of a stranger without a login.
    static func bearer(_ login: String?) -> [String: String] {
        login.map { ["Authorization": "Bearer token-of-\($0)"] } ?? [:]
    }

    /// `acme/widget` and the private `acme/secret-one`, each with a build that failed, and the roles of the four.
    func prepareForAPI() async throws -> [ProjectRecord] {
        let records = try await declare([
            try Site.project("acme/secret-one"), try Site.project("acme/widget", hooks: ["lint", "tests"]),
        ])
        for record in records {
            try await build(record)
            for _ in record.config.hooks {
                try await run(
                    JobOutcome(state: .failure, exitCode: 1, reason: "make: 1"),
                    log: "first\n\u{1B}[31mred\u{1B}[0m\nlast\n")
            }
            try await store.saveRoles(
                record.id,
                [
                    RoleRecord(personID: 1, login: "member", level: .triage),
                    RoleRecord(personID: 2, login: "manager", level: .push),
                    RoleRecord(personID: 3, login: "octocat", level: .pull),
                ], fulfils: 0)
        }
        try await store.saveAdminReaders(
            try Site.repository("acme/config"), [RoleRecord(personID: 4, login: "reader", level: .pull)], fulfils: 0)
        return records
    }

    /// Asks the API.
    func api(
        _ path: String, as login: String? = nil, method: String = "GET", _ body: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Client.Answer {
        let all = headers.merging(Site.bearer(login)) { first, _ in first }
        return try await client.send(method, "/_api/v1\(path)", all, body: body.map { Array($0.utf8) })
    }

    /// The same, decoded.
    func api<Value: Decodable>(_ type: Value.Type, _ path: String, as login: String? = nil) async throws -> Value {
        let answer = try await api(path, as: login)
        try #require(answer.status == 200, "\(path): \(answer.status) \(answer.text)")
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(answer.body))
    }
}
