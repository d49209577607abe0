extension GitHubClient {
    /// `GET /repos/O/R/branches/B/protection/required_status_checks`: the contexts without which the classic protection
    /// lets nothing be merged; none when the branch is not protected so.
    ///
    /// - Throws: `forbidden` when the token may not read it, or the plan of the repository has no protection.
    public func requiredContexts(_ repository: String, branch: String) async throws(GitHubError) -> [String] {
        let path = try GitHubRequest.path(repository, "branches", oneSegment: branch)
        do {
            let checks: RequiredStatusChecks = try await value(
                GitHubRequest("GET", path + "/protection/required_status_checks"))
            return checks.all
        } catch {
            guard error.kind == .notFound else { throw error }
            return []
        }
    }

    /// `GET /repos/O/R/rules/branches/B`: the same of the rulesets that hold for the branch.
    public func contextsRequiredByRules(_ repository: String, branch: String) async throws(GitHubError) -> [String] {
        let path = try GitHubRequest.path(repository, "rules/branches", oneSegment: branch)
        do {
            let rules: [BranchRule] = try await list(path)
            return rules.filter { $0.type == "required_status_checks" }
                .flatMap { $0.parameters?.checks ?? [] }.map(\.context)
        } catch {
            // An enterprise server of before the rulesets, or no such branch.
            guard error.kind == .notFound else { throw error }
            return []
        }
    }
}

/// What a status check is called.
private struct RequiredCheck: Decodable, Sendable { var context: String }

/// The classic protection. `contexts` is the older list; both name the same.
private struct RequiredStatusChecks: Decodable, Sendable {
    var contexts: [String]?
    var checks: [RequiredCheck]?

    var all: [String] { Set((contexts ?? []) + (checks ?? []).map(\.context)).sorted() }
}

/// A rule of a ruleset; those of other types have other parameters or none.
private struct BranchRule: Decodable, Sendable {
    struct Parameters: Decodable, Sendable {
        var checks: [RequiredCheck]?

        private enum CodingKeys: String, CodingKey { case checks = "required_status_checks" }
    }

    var type: String
    var parameters: Parameters?
}

extension GitHubRequest {
    /// The path of something whose name may hold slashes, where GitHub takes them percent-encoded only.
    fileprivate static func path(
        _ repository: String, _ part: String, oneSegment name: String
    ) throws(GitHubError) -> String {
        guard !name.isEmpty, name != ".", name != ".." else {
            throw GitHubError(
                kind: .invalidRequest, message: "not a part of an address: \(Printable.line(name, limit: 100))")
        }
        return try path(repository, part) + "/" + PercentEncoding.encode(name)
    }
}
