import Controller
import Curl
import Foundation
import GitHub
import Model

/// The token: whether GitHub takes it, and what it may do.
struct DoctorGitHub {
    var settings: ServeSettings
    var curl: CurlClient
    /// The repositories that are declared.
    var projects: [Project]
    /// The admin repository, when it is on GitHub.
    var adminRepository: RepositoryName?

    func findings() async -> [Finding] {
        guard let token = settings.gitHubToken else {
            return [
                .failed(
                    "GitHub token", "there is none: webhooks cannot be made and statuses cannot be sent",
                    "make one with the scope 'repo' and set --github-token-file")
            ]
        }
        let answer: CurlResponse
        do {
            answer = try await curl.send(
                CurlRequest(
                    url: settings.gitHubAPIURL + "/user",
                    headers: [
                        CurlHeader(name: "Authorization", value: "Bearer \(token)"),
                        CurlHeader(name: "Accept", value: "application/vnd.github+json"),
                    ], timeouts: CurlTimeouts(overall: .seconds(20))))
        } catch {
            return [
                .failed(
                    "GitHub", "\(settings.gitHubAPIURL): \(error.message)",
                    "check --github-api-url, the network, and --ca-file if the server has a certificate of its own")
            ]
        }
        var findings = [clock(answer)].compactMap(\.self)
        guard answer.status == 200 else {
            let advice =
                answer.status == 401
                ? "the token is wrong or has ended: make a new one and set --github-token-file"
                : "check --github-api-url: an enterprise server's ends in /api/v3"
            return findings + [.failed("GitHub token", "GitHub answers \(answer.status)", advice)]
        }
        findings.append(scopes(answer.headers["X-OAuth-Scopes"]))
        let client = GitHubClient(apiURL: settings.gitHubAPIURL, token: GitHubToken(token), curl: curl)
        for project in projects { findings.append(await access(client, project.repository, isAdminRepository: false)) }
        if let adminRepository, !projects.contains(where: { $0.repository == adminRepository }) {
            findings.append(await access(client, adminRepository, isAdminRepository: true))
        }
        return findings
    }

    /// A wrong clock breaks what is signed with times, and makes waits for rate limits wrong.
    private func clock(_ answer: CurlResponse) -> Finding? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let date = answer.headers["Date"].flatMap({ formatter.date(from: $0) }) else { return nil }
        let skew = Int(abs(date.timeIntervalSinceNow).rounded())
        guard skew > 30 else { return .ok("clock", "\(skew) s away from GitHub's") }
        return .failed("clock", "\(skew) s away from GitHub's", "let the machine keep time: timedatectl set-ntp true")
    }

    private func scopes(_ header: String?) -> Finding {
        guard let header else {
            return .ok(
                "GitHub token",
                "taken; GitHub does not tell what a fine-grained one may do. It needs Administration, Webhooks, Commit "
                    + "statuses and Pull requests (read and write), Contents (read)")
        }
        let scopes = Set(header.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        let missing = scopes.contains("repo") ? [] : ["repo"]
        let wantsTeams = projects.contains { !$0.permissions.teams.isEmpty }
        let hasTeams = !scopes.isDisjoint(with: ["admin:org", "write:org", "read:org"])
        let all = missing + (wantsTeams && !hasTeams ? ["read:org"] : [])
        guard all.isEmpty else {
            return .failed(
                "GitHub token", "it lacks the scope \(all.joined(separator: " and "))",
                "give it at GitHub, Settings, Developer settings, Personal access tokens")
        }
        return .ok("GitHub token", "taken, with the scopes \(header)")
    }

    private func access(_ client: GitHubClient, _ repository: RepositoryName, isAdminRepository: Bool) async -> Finding
    {
        let name = isAdminRepository ? "admin repository \(repository)" : "project \(repository)"
        do {
            let found = try await client.repository("\(repository)")
            guard found.permissions?.admin == true else {
                let advice = "give the token's account admin rights in the settings of \(found.fullName)"
                guard isAdminRepository else { return .failed(name, "the token has no admin rights", advice) }
                return .warning(name, "no admin rights: it gets no webhook and is read on the interval only", advice)
            }
            if found.isArchived {
                return .warning(name, "it is archived and can only be read", "take it out of the admin repository")
            }
            guard found.fullName.lowercased() == repository.key else {
                return .warning(name, "it is called \(found.fullName) now", "change its name in the admin repository")
            }
            return .ok(name, "the token has admin rights")
        } catch {
            guard error.kind == .notFound else { return .failed(name, "\(error)", "try again later") }
            return .failed(
                name, "GitHub knows no such repository, or the token may not see it",
                "correct the name, or give the token's account access")
        }
    }
}
