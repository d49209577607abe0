import Curl
import Foundation
import GitHub
import Model

/// The GitHub App: whether GitHub takes it, where it is installed, and what it may do there.
struct DoctorApp {
    var settings: ServeSettings
    var client: GitHubClient
    var projects: [Project]
    var adminRepository: RepositoryName?

    /// What the server does with GitHub, and what it needs for that.
    private struct Need {
        var permission: String
        var level: String
        /// In the words of GitHub's settings.
        var title: String
    }

    func findings() async -> [Finding] {
        let app: GitHubAppFacts
        let installations: [GitHubInstallation]
        do {
            guard let facts = try await client.app() else { return [] }
            app = facts
            installations = try await client.appInstallations()
        } catch {
            return [failure(error)]
        }
        var findings: [Finding] = missing(app.permissions, for: nil).map {
            .failed(
                "GitHub App", "it does not ask for \($0)",
                "add it under Permissions in the app's settings; those who installed it must then accept it")
        }
        if findings.isEmpty {
            let count = installations.count
            let text = "\(app.name) (\(app.id)), installed for \(count) account\(count == 1 ? "" : "s")"
            findings.append(.ok("GitHub App", text))
        }
        for owner in owners { findings += installation(owner, app, installations) }
        return findings
    }

    private var repositories: [RepositoryName] { projects.map(\.repository) + [adminRepository].compactMap(\.self) }

    private var owners: [String] {
        var seen: Set<String> = []
        return repositories.map(\.owner).filter { seen.insert($0.lowercased()).inserted }
    }

    private func failure(_ error: GitHubError) -> Finding {
        switch error.kind {
        case .unauthorized:
            .failed(
                "GitHub App", "GitHub does not take its signature: \(error.message)",
                "--github-app-id must be the id on the app's page, --github-app-key-file a private key made there, and "
                    + "this machine's clock must be right")
        case .transport:
            .failed(
                "GitHub", "\(settings.gitHubAPIURL): \(error.message)",
                "check --github-api-url, the network, and --ca-file if the server has a certificate of its own")
        default: .failed("GitHub App", "\(error)", "check --github-api-url: an enterprise server's ends in /api/v3")
        }
    }

    private func installation(
        _ owner: String, _ app: GitHubAppFacts, _ installations: [GitHubInstallation]
    ) -> [Finding] {
        let name = "GitHub App for \(owner)"
        guard let found = installations.first(where: { $0.account.lowercased() == owner.lowercased() }) else {
            let page = app.htmlURL.map { "\($0)/installations/new" } ?? "its page"
            return [.failed(name, "it is not installed there", "install it at \(page) and choose \(owner)")]
        }
        let page = found.htmlURL ?? "its installation's page"
        guard !found.isSuspended else { return [.failed(name, "it is suspended", "resume it at \(page)")] }
        let missing = missing(found.permissions, for: owner)
        guard missing.isEmpty else {
            return missing.map {
                .failed(name, "it lacks \($0)", "let the app ask for it, then accept the request at \(page)")
            }
        }
        return [.ok(name, "installed, with all permissions that are needed")]
    }

    /// - Parameter owner: whose repositories are meant; `nil` for all.
    private func missing(_ granted: [String: String], for owner: String?) -> [String] {
        needs(owner).filter { need in
            let level = granted[need.permission]
            return level != need.level && level != "write" && level != "admin"
        }.map { "\($0.title) (\($0.level == "write" ? "read and write" : "read"))" }
    }

    private func needs(_ owner: String?) -> [Need] {
        func concerns(_ name: RepositoryName) -> Bool {
            owner.map { $0.lowercased() == name.owner.lowercased() } ?? true
        }
        let concerned = projects.filter { concerns($0.repository) }
        var needs = [Need(permission: "contents", level: "read", title: "Contents")]
        if !concerned.isEmpty {
            needs += [
                Need(permission: "statuses", level: "write", title: "Commit statuses"),
                Need(permission: "pull_requests", level: "read", title: "Pull requests"),
                Need(permission: "administration", level: "write", title: "Administration"),
            ]
        }
        needs.append(Need(permission: "repository_hooks", level: "write", title: "Webhooks"))
        if concerned.contains(where: { !$0.permissions.teams.isEmpty }) {
            needs.append(Need(permission: "members", level: "read", title: "Members of the organization"))
        }
        return needs
    }
}
