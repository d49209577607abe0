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
        let client = settings.gitHubClient(curl)
        let repositories = DoctorProjects(
            settings: settings, client: client, projects: projects, adminRepository: adminRepository)
        if settings.gitHubApp != nil {
            let app = DoctorApp(
                settings: settings, client: client, projects: projects, adminRepository: adminRepository)
            return await app.findings() + repositories.findings()
        }
        guard let token = settings.gitHubToken else {
            return [
                .failed(
                    "GitHub token", "there is none: webhooks cannot be made and statuses cannot be sent",
                    "make one with the scope 'repo' and set --github-token-file, or use an app: --github-app-id")
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
                ? "the token is wrong or has ended: make a new one and put it into the file of --github-token-file"
                : "check --github-api-url: an enterprise server's ends in /api/v3"
            return findings + [.failed("GitHub token", "GitHub answers \(answer.status)", advice)]
        }
        findings.append(scopes(answer.headers["X-OAuth-Scopes"]))
        if let ending = Self.ending(answer.headers["GitHub-Authentication-Token-Expiration"]) {
            findings.append(ending)
        }
        findings += await repositories.findings()
        return findings
    }

    /// A token that ends takes everything with it, on a day when nobody thinks of it.
    static func ending(_ header: String?, now: Date = Date()) -> Finding? {
        guard let header else { return nil }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        // GitHub writes "2026-12-24 18:00:00 UTC", or an offset in place of UTC.
        let dates = ["zzz", "Z"].lazy.compactMap { zone in
            formatter.dateFormat = "yyyy-MM-dd HH:mm:ss \(zone)"
            return formatter.date(from: header)
        }
        guard let date = dates.first else { return nil }
        let days = Int((date.timeIntervalSince(now) / 86_400).rounded(.down))
        let day = date.formatted(.iso8601.year().month().day())
        guard days < 14 else { return .ok("end of the token", "it ends on \(day)") }
        return .warning(
            "end of the token", "it ends on \(day), in \(days) day\(days == 1 ? "" : "s")",
            "make a new one in time and set --github-token-file")
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
}
