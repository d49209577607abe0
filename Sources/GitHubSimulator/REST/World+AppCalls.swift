import Foundation

extension World {
    /// The addresses that an app asks as itself; `nil` for all others.
    func serveApp(_ original: RESTCall) -> RESTAnswer? {
        var call = original
        let isTokenCall = call.segments.count == 4 && call.segments.last == "access_tokens"
        guard call.segments.first == "app" else { return nil }
        do throws(RESTFailure) {
            let app = try app(webToken: RESTCall.token(in: call.headers["authorization"]) ?? "")
            if !call.bytes.isEmpty, let body = try? JSON(reading: call.bytes) { call.body = body }
            switch (call.method, call.segments.count) {
            case ("GET", 1): return RESTAnswer(body: shape(app, call.addresses), isCounted: false)
            case ("GET", 3) where call.segments[1...] == ["hook", "config"]:
                guard let hook = app.hook else { throw .notFound }
                return RESTAnswer(body: shape(hook.config), isCounted: false)
            case ("GET", 2) where call.segments[1] == "installations":
                var answer = call.page(app.installations.sorted { $0.id < $1.id }) { shape($0, call.addresses) }
                answer.isCounted = false
                return answer
            case ("GET", 3) where call.segments[1] == "installations":
                return RESTAnswer(body: shape(try installation(call, of: app), call.addresses), isCounted: false)
            case ("POST", 4) where isTokenCall: return try makeToken(call, try installation(call, of: app))
            default: throw .notFound
            }
        } catch {
            var answer = error.answer
            answer.isCounted = false
            return answer
        }
    }

    private func installation(_ call: RESTCall, of app: AppRegistration) throws(RESTFailure) -> AppInstallation {
        guard let id = Int64(call.segments[2]), let found = app.installations.first(where: { $0.id == id }) else {
            throw .notFound
        }
        return found
    }

    private func makeToken(_ call: RESTCall, _ installation: AppInstallation) throws(RESTFailure) -> RESTAnswer {
        guard installation.suspendedAt == nil else {
            throw RESTFailure(403, "This installation has been suspended")
        }
        for (name, level) in call.body["permissions"]?.members?.map({ ($0.name, $0.value.text ?? "") }) ?? []
        where !installation.may(name, level) {
            throw RESTFailure(422, "The permissions requested are not granted to this installation.")
        }
        let token = "ghs_" + UUID().uuidString.replacing("-", with: "")
        let ends = Date(timeIntervalSinceNow: installation.app.tokenLifetime)
        installationTokens[token] = InstallationToken(installation: installation.id, endsAt: ends)
        var answer = RESTAnswer.created([
            "token": .string(token), "expires_at": JSON(ends),
            "permissions": Self.permissions(installation.permissions),
            "repository_selection": installation.selected == nil ? "all" : "selected",
        ])
        answer.isCounted = false
        return answer
    }

    /// The repositories that an installation was given.
    func listInstallationRepositories(_ call: RESTCall) throws -> RESTAnswer {
        guard let installation = installation(bot: viewer(call)) else {
            throw RESTFailure(
                403, "You must authenticate with an installation access token in order to list its repositories.")
        }
        let found = repositories.values.filter(installation.has).sorted { $0.id < $1.id }
        var answer = call.page(found) { repository in
            // GitHub's answer to an app: what its permissions amount to is not told here.
            shape(repository, call.addresses).adding([
                "permissions": ["admin": false, "push": false, "pull": false]
            ])
        }
        answer.body = ["total_count": JSON(found.count), "repositories": answer.body ?? []]
        return answer
    }

    private static func permissions(_ permissions: [String: String]) -> JSON {
        .object(permissions.sorted { $0.key < $1.key }.map { JSON.Member(name: $0.key, value: .string($0.value)) })
    }

    private func shape(_ app: AppRegistration, _ addresses: Addresses) -> JSON {
        [
            "id": .int(app.id), "slug": .string(app.slug), "node_id": .string("A_\(app.id)"),
            "owner": simple(app.owner, addresses), "name": .string(app.slug), "description": nil,
            "external_url": "https://ci.example.org", "html_url": .string("\(addresses.web)/apps/\(app.slug)"),
            "permissions": Self.permissions(app.permissions), "events": JSON(app.hook?.events ?? []),
            "installations_count": JSON(app.installations.count),
        ]
    }

    private func shape(_ installation: AppInstallation, _ addresses: Addresses) -> JSON {
        [
            "id": .int(installation.id), "account": simple(installation.account, addresses),
            "repository_selection": installation.selected == nil ? "all" : "selected",
            "access_tokens_url": .string("\(addresses.api)/app/installations/\(installation.id)/access_tokens"),
            "repositories_url": .string("\(addresses.api)/installation/repositories"),
            "html_url": .string("\(addresses.web)/settings/installations/\(installation.id)"),
            "app_id": .int(installation.app.id), "app_slug": .string(installation.app.slug),
            "target_id": .int(installation.account.id),
            "target_type": installation.account.isOrganization ? "Organization" : "User",
            "permissions": Self.permissions(installation.permissions), "events": [],
            "created_at": JSON(installation.createdAt), "updated_at": JSON(installation.createdAt),
            "single_file_name": nil, "suspended_at": installation.suspendedAt.map { JSON($0) } ?? .null,
        ]
    }
}
