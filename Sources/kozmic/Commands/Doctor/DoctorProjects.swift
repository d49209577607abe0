import GitHub
import Model

/// The repositories that are declared, and the admin repository: whether the server may do there what it has to.
struct DoctorProjects {
    var settings: ServeSettings
    var client: GitHubClient
    var projects: [Project]
    var adminRepository: RepositoryName?

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        for project in projects { findings += await look(project.repository, isAdminRepository: false) }
        if let adminRepository, !projects.contains(where: { $0.repository == adminRepository }) {
            findings += await look(adminRepository, isAdminRepository: true)
        }
        return findings
    }

    private var isApp: Bool { settings.gitHubApp != nil }

    private func look(_ repository: RepositoryName, isAdminRepository: Bool) async -> [Finding] {
        let name = isAdminRepository ? "admin repository \(repository)" : "project \(repository)"
        do {
            let found = try await client.repository("\(repository)")
            // An app's rights are its permissions, which are looked at elsewhere.
            guard found.permissions?.admin == true || isApp else {
                let advice = "give the token's account admin rights in the settings of \(found.fullName)"
                guard isAdminRepository else { return [.failed(name, "the token has no admin rights", advice)] }
                return [.warning(name, "no admin rights: it gets no webhook and is read on the interval only", advice)]
            }
            if found.isArchived {
                return [.warning(name, "it is archived and can only be read", "take it out of the admin repository")]
            }
            guard found.fullName.lowercased() == repository.key else {
                return [.warning(name, "it is called \(found.fullName) now", "change its name in the admin repository")]
            }
            return [.ok(name, isApp ? "the app sees it" : "the token has admin rights")]
                + (try await webhooks(repository, name))
        } catch {
            return [failure(error, name)]
        }
    }

    /// What GitHub says about reaching the server: it knows best.
    private func webhooks(_ repository: RepositoryName, _ name: String) async throws(GitHubError) -> [Finding] {
        let prefix = "\(settings.externalURL)/_"
        let ours = try await client.hooks("\(repository)").filter { $0.url.hasPrefix(prefix) }
        let stopped = ours.filter { !$0.active }.map { hook in
            Finding.warning(
                name, "its webhook \(hook.id) is switched off", "kozmic serve switches it on; look who switched it off")
        }
        let failed = ours.filter { hook in (hook.lastResponse?.code).map { !(200..<300).contains($0) } ?? false }
        guard let first = failed.first, let response = first.lastResponse else { return stopped }
        let code = response.code.map(String.init) ?? "no answer"
        let text = "GitHub could not deliver to \(failed.count) of \(ours.count) webhooks, the last time: \(code)"
        let advice =
            response.code == 401
            ? "the secret differs: is this the right --secret-key-file?"
            : "GitHub must reach \(settings.externalURL): check --external-url, the proxy and the firewall"
        return stopped + [.warning(name, text, advice)]
    }

    private func failure(_ error: GitHubError, _ name: String) -> Finding {
        switch error.kind {
        case .notFound where isApp:
            .failed(
                name, "GitHub knows no such repository, or the app is not installed for it",
                "correct the name, or add it to the app's installation for its owner")
        case .notFound:
            .failed(
                name, "GitHub knows no such repository, or the token may not see it",
                "correct the name, or give the token's account access")
        case .notInstalled: .failed(name, error.message, "install the app for its owner, or resume it")
        case .forbidden:
            .failed(
                name, error.message,
                isApp ? "give the app the permission that is missing, see above" : "the token needs admin rights there")
        case .unauthorized: .failed(name, error.message, "set a valid token or key")
        default: .failed(name, "\(error)", "try again later")
        }
    }
}
