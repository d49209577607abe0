import Foundation
import OpenSSL

extension World {
    /// Answers a REST request with everything that GitHub puts around an answer: authentication, quota, ETag, headers.
    func serve(_ original: RESTCall) async -> RESTAnswer {
        guard let agent = original.headers["user-agent"], !agent.isEmpty else {
            return RESTAnswer(
                status: 403,
                html: "\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent "
                    + "header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required)."
                    + " Check https://developer.github.com for other possible causes.\n",
                isCounted: false)
        }
        if let answer = serveApp(original) { return answer }
        var call = original
        var viewer: Account?
        if let token = RESTCall.token(in: call.headers["authorization"]) {
            viewer = account(token: token)
            call.scopes = tokenScopes[token]
            call.seesPublicOnly = publicTokens.contains(token) || !call.may("repo")
            guard viewer != nil else {
                var answer = RESTFailure.badCredentials.answer
                answer.isCounted = false
                return answer
            }
        }
        call.viewer = viewer?.key
        let isFree = call.segments == ["rate_limit"]
        if !isFree, quota(of: viewer).remaining == 0 { return exhausted(viewer) }
        var answer = await route(call)
        answer.user = viewer?.login
        if call.method == "GET" || call.method == "HEAD", answer.status == 200 { tag(&answer, call) }
        answer.isCounted = answer.status != 304 && !isFree
        let left = answer.isCounted ? spendQuota(of: viewer) : quota(of: viewer)
        answer.headers += Self.headers(left)
        if let scopes = call.scopes {
            answer.headers.append(HeaderLine(name: "X-OAuth-Scopes", value: scopes.joined(separator: ", ")))
        }
        return answer
    }

    private func route(_ original: RESTCall) async -> RESTAnswer {
        var call = original
        do {
            call.segments = try named(call)
            if let moved = redirect(call) { return moved }
            try checkInstallation(call, viewer(call))
            call.numericPath = numbered(call)
            if ["POST", "PATCH", "PUT"].contains(call.method), !call.bytes.isEmpty {
                guard let body = try? JSON(reading: call.bytes) else {
                    throw RESTFailure(400, "Problems parsing JSON")
                }
                guard body.members != nil else { throw RESTFailure(400, "Body should be a JSON object") }
                call.body = body
            }
            let method = call.method == "HEAD" ? "GET" : call.method
            for route in RESTRoute.all where route.method == method {
                guard let parameters = route.match(call.segments) else { continue }
                call.parameters = parameters
                return try await route.run(self, call)
            }
            throw RESTFailure.notFound
        } catch let failure as RESTFailure {
            return failure.answer
        } catch {
            return .brokenDown(500)
        }
    }

    /// Numeric paths, as the links of pages use them, lead to the same things as names.
    private func named(_ call: RESTCall) throws(RESTFailure) -> [String] {
        let segments = call.segments
        guard segments.count >= 2, let id = Int64(segments[1]) else { return segments }
        switch segments[0] {
        case "repositories":
            guard let repository = repositories[id] else { throw .notFound }
            return ["repos", repository.owner.login, repository.name] + segments.dropFirst(2)
        case "organizations":
            guard let organization = account(id: id), organization.isOrganization else { throw .notFound }
            var rest = Array(segments.dropFirst(2))
            if rest.count >= 2, rest[0] == "team",
                let team = organization.teams.first(where: { String($0.id) == rest[1] })
            {
                rest.replaceSubrange(0..<2, with: ["teams", team.slug])
            }
            return ["orgs", organization.login] + rest
        case "user":
            guard let user = account(id: id) else { throw .notFound }
            return ["users", user.login] + segments.dropFirst(2)
        default:
            return segments
        }
    }

    private func numbered(_ call: RESTCall) -> String {
        let segments = call.segments
        let encoded = segments.map {
            $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting(["/"])) ?? $0
        }
        if segments.count >= 3, segments[0] == "repos", let found = repository("\(segments[1])/\(segments[2])") {
            return (["", "repositories", String(found.id)] + encoded.dropFirst(3)).joined(separator: "/")
        }
        if segments.count >= 2, segments[0] == "orgs", let found = account(segments[1]) {
            return (["", "organizations", String(found.id)] + encoded.dropFirst(2)).joined(separator: "/")
        }
        return "/" + encoded.joined(separator: "/")
    }

    /// A repository's former name: 301 to the number, 307 for anything but reading, so that method and body survive.
    private func redirect(_ call: RESTCall) -> RESTAnswer? {
        let segments = call.segments
        guard segments.count >= 3, segments[0] == "repos",
            let repository = formerRepository("\(segments[1])/\(segments[2])")
        else { return nil }
        let isRead = call.method == "GET" || call.method == "HEAD"
        let rest = segments.dropFirst(3).map { "/" + $0 }.joined()
        let query = call.query.isEmpty ? "" : "?" + call.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let location = "\(call.addresses.api)/repositories/\(repository.id)\(rest)\(query)"
        return RESTAnswer(
            status: isRead ? 301 : 307,
            body: [
                "message": .string(isRead ? "Moved Permanently" : "Temporary Redirect"), "url": .string(location),
                "documentation_url":
                    "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
            ], headers: [HeaderLine(name: "Location", value: location)])
    }

    /// The ETag depends on token and Accept as well; an equal one is answered with 304 and costs nothing.
    private func tag(_ answer: inout RESTAnswer, _ call: RESTCall) {
        let parts = [answer.body?.encoded ?? "", call.viewer ?? "", call.headers["accept"] ?? ""]
        let tag = "W/\"\(Hex.encode(SHA256.hash(Array(parts.joined(separator: "\n").utf8))))\""
        answer.headers.append(HeaderLine(name: "ETag", value: tag))
        let known = call.headers["if-none-match"]?.split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard let known, known.contains(where: { $0 == tag || "W/" + $0 == tag || $0 == "*" }) else { return }
        answer.status = 304
        answer.body = nil
    }

    private func exhausted(_ viewer: Account?) -> RESTAnswer {
        let who = viewer.map { "user ID \($0.id)" } ?? "127.0.0.1"
        var answer = RESTFailure(403, "API rate limit exceeded for \(who).").answer
        answer.headers += Self.headers(quota(of: viewer))
        answer.user = viewer?.login
        answer.isCounted = false
        return answer
    }

    private static func headers(_ quota: Quota) -> [HeaderLine] {
        [
            ("X-RateLimit-Limit", String(quota.limit)), ("X-RateLimit-Remaining", String(quota.remaining)),
            ("X-RateLimit-Reset", String(Int(quota.resetsAt.timeIntervalSince1970))),
            ("X-RateLimit-Used", String(quota.used)), ("X-RateLimit-Resource", "core"),
        ].map { HeaderLine(name: $0.0, value: $0.1) }
    }

    func readRateLimit(_ call: RESTCall) -> RESTAnswer {
        let quota = quota(of: viewer(call))
        let core: JSON = [
            "limit": JSON(quota.limit), "used": JSON(quota.used), "remaining": JSON(quota.remaining),
            "reset": JSON(Int(quota.resetsAt.timeIntervalSince1970)),
        ]
        return RESTAnswer(body: ["resources": ["core": core], "rate": core])
    }
}
