import Curl
import GitHub
import Model

/// Whether GitHub tells at once who joins or leaves a team or an organization. Without that, roles follow within ten
/// minutes, so nothing here is a failure.
struct DoctorEvents {
    var settings: ServeSettings
    var curl: CurlClient
    var projects: [Project]

    private static let later = "who joins or leaves a team or the organization is seen within ten minutes"
    private static let wanted: Set<String> = ["membership", "organization", "team"]

    func findings() async -> [Finding] {
        guard settings.hasGitHubIdentity, !projects.isEmpty else { return [] }
        let client = settings.gitHubClient(curl)
        if client.isApp { return await app(client) }
        var findings: [Finding] = []
        var seen: Set<String> = []
        for project in projects where seen.insert(project.repository.owner.lowercased()).inserted {
            // What is wrong with the project itself is said elsewhere.
            guard let facts = try? await client.repository("\(project.repository)"), let owner = facts.owner,
                owner.isOrganization == true
            else { continue }
            findings.append(await organization(owner.login, client))
        }
        return findings
    }

    private func app(_ client: GitHubClient) async -> [Finding] {
        let name = "events of teams"
        // What is wrong with the app itself is said elsewhere.
        guard let facts = try? await client.app() else { return [] }
        let url: String?
        do { url = try await client.appHookURL() } catch { return [] }
        guard let url, isOurs(url) else {
            let advice = "to see it at once, set the app's webhook to what 'kozmic account-webhook' prints"
            return [Finding(name: name, state: .ok, detail: Self.later, advice: advice)]
        }
        let missing = Self.wanted.subtracting(facts.events ?? []).sorted()
        guard missing.isEmpty else {
            return [
                .warning(
                    name, "the app's webhook is not told of: \(missing.joined(separator: ", "))",
                    "subscribe to them under Permissions & events; the app needs Members (read) for that")
            ]
        }
        return [.ok(name, "the app's webhook tells them at once")]
    }

    private func organization(_ login: String, _ client: GitHubClient) async -> Finding {
        let name = "events of \(login)"
        let advice = "to see it at once, make a webhook of the organization with what 'kozmic account-webhook' prints"
        let hooks: [GitHubHook]
        do {
            hooks = try await client.organizationHooks(login)
        } catch {
            let unknown = "\(Self.later), unless it has a webhook for that: the token may not look"
            return Finding(name: name, state: .ok, detail: unknown, advice: advice)
        }
        guard let hook = hooks.first(where: { isOurs($0.url) }) else {
            return Finding(name: name, state: .ok, detail: Self.later, advice: advice)
        }
        let missing = hook.events.contains("*") ? [] : Self.wanted.subtracting(hook.events).sorted()
        guard hook.active, missing.isEmpty else {
            let what = hook.active ? "is not told of: \(missing.joined(separator: ", "))" : "is switched off"
            return .warning(
                name, "its webhook \(hook.id) \(what)", "change it in the organization's settings, Webhooks")
        }
        return .ok(name, "its webhook \(hook.id) tells them at once")
    }

    private func isOurs(_ url: String) -> Bool { url.lowercased() == settings.accountWebhookURL.lowercased() }
}
