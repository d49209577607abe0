import Curl
import Foundation
import Git
import GitHub
import Store

extension ServeSettings {
    /// Whether there is a token or an app.
    var hasGitHubIdentity: Bool { gitHubToken != nil || gitHubApp != nil }

    /// - Throws: `SettingProblem` when there is neither.
    func requireGitHubIdentity() throws {
        guard !hasGitHubIdentity else { return }
        throw SettingProblem.usage(
            "a GitHub token is missing: set --github-token-file or KOZMIC_GITHUB_TOKEN, or --github-app-id and "
                + "--github-app-key-file")
    }

    /// The client for GitHub's API.
    ///
    /// - Parameters:
    ///   - archive: where answers are kept over a restart.
    ///   - ledger: where writes are remembered over a restart.
    func gitHubClient(
        _ curl: CurlClient, archive: AnswerArchive? = nil, ledger: (any GitHubLedger)? = nil
    ) -> GitHubClient {
        var options = GitHubOptions()
        options.pacing = gitHubPacing
        options.archive = archive.map { StoredAnswers(archive: $0) }
        // What is not counted need not be remembered.
        if gitHubPacing != .unlimited { options.ledger = ledger }
        if let gitHubApp { return GitHubClient(apiURL: gitHubAPIURL, app: gitHubApp, curl: curl, options: options) }
        return GitHubClient(
            apiURL: gitHubAPIURL, tokens: gitHubTokens ?? GitHubTokenSource(GitHubToken("")), curl: curl,
            options: options)
    }

    /// How repositories on GitHub are fetched; `nil` without a token and an app.
    func gitCredentials(_ client: GitHubClient) -> GitCredentials? {
        if let gitHubTokens {
            return .renewed(
                GitCredentialSource { _ in
                    .basic(user: "x-access-token", password: GitSecret(gitHubTokens.password))
                })
        }
        guard gitHubApp != nil else { return nil }
        let prefix = gitHubURL + "/"
        return .renewed(
            GitCredentialSource { url in
                // An app's token is of one owner and ends within the hour.
                var name = url.lowercased().hasPrefix(prefix.lowercased()) ? String(url.dropFirst(prefix.count)) : ""
                if name.hasSuffix(".git") { name.removeLast(4) }
                guard let password = try await client.gitPassword(name) else { return .none }
                return .basic(user: "x-access-token", password: GitSecret(password))
            })
    }

    static func app(id: String?, keyFile: String?) throws -> GitHubApp? {
        guard id != nil || keyFile != nil else { return nil }
        guard let id, let keyFile else {
            throw SettingProblem.usage("--github-app-id and --github-app-key-file belong together")
        }
        guard let data = FileManager.default.contents(atPath: keyFile), data.count <= 64 << 10 else {
            throw SettingProblem("--github-app-key-file: \(keyFile) cannot be read")
        }
        do throws(GitHubError) {
            return try GitHubApp(id: id, privateKey: String(decoding: data, as: UTF8.self))
        } catch {
            throw SettingProblem("--github-app-key-file: \(keyFile): \(error.message)")
        }
    }
}
