import Foundation
import OpenSSL

extension World {
    /// The installation that acts as this account.
    func installation(bot: Account?) -> AppInstallation? {
        guard let bot, bot.login.hasSuffix("]") else { return nil }
        return installations.first { $0.bot === bot }
    }

    /// The account that an installation's token acts as; `nil` when it has ended or never was.
    func bot(token: String) -> Account? {
        guard let known = installationTokens[token], known.endsAt > Date(),
            let installation = installations.first(where: { $0.id == known.installation }),
            installation.suspendedAt == nil
        else { return nil }
        return installation.bot
    }

    var installations: [AppInstallation] { apps.values.flatMap(\.installations).sorted { $0.id < $1.id } }

    /// The app that signed a web token.
    ///
    /// - Throws: what GitHub says about one that it does not take.
    func app(webToken text: String) throws(RESTFailure) -> AppRegistration {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), let header = try? JSON(reading: head),
            let claims = try? JSON(reading: body), header["alg"]?.text == "RS256"
        else { throw RESTFailure(401, "A JSON web token could not be decoded") }
        guard let issuer = claims["iss"]?.text ?? claims["iss"]?.number.map(String.init),
            let app = apps.values.first(where: { String($0.id) == issuer })
        else { throw RESTFailure(401, "'Issuer' claim ('iss') must be an Integer") }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard RS256.verifies(signature, of: signed, publicKey: app.publicKey) else {
            throw RESTFailure(401, "A JSON web token could not be decoded")
        }
        let now = Int64(Date().timeIntervalSince1970)
        guard let issued = claims["iat"]?.number, issued <= now + 5 else {
            throw RESTFailure(
                401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
        }
        guard let end = claims["exp"]?.number, end > now else {
            throw RESTFailure(
                401,
                "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the "
                    + "assertion expires")
        }
        guard end <= now + 605, end - issued <= 660 else {
            throw RESTFailure(401, "'Expiration time' claim ('exp') is too far in the future")
        }
        return app
    }

    /// What an installation needs for a request, by GitHub's table of permissions.
    private static func required(_ call: RESTCall) -> (permission: String, level: String) {
        let segments = call.segments
        let level = call.method == "GET" || call.method == "HEAD" ? "read" : "write"
        if segments.first == "orgs" {
            return (segments.dropFirst(2).first == "hooks" ? "organization_hooks" : "members", level)
        }
        guard segments.count > 3, segments[0] == "repos" else { return ("metadata", "read") }
        switch segments[3] {
        case "hooks": return ("repository_hooks", level)
        case "statuses": return ("statuses", level)
        case "commits":
            return (segments.last == "status" || segments.last == "statuses" ? "statuses" : "contents", level)
        case "keys", "invitations": return ("administration", level)
        case "teams": return ("administration", "read")
        case "collaborators":
            return level == "read" ? ("metadata", "read") : ("administration", "write")
        case "pulls": return ("pull_requests", level)
        case "issues": return ("issues", level)
        case "branches": return (segments.last == "protection" ? "administration" : "contents", level)
        case "rules": return ("metadata", "read")
        default: return ("contents", level)
        }
    }

    /// Refuses what an installation was not given. A team's repository is the business of the repository.
    func checkInstallation(_ call: RESTCall, _ viewer: Account?) throws(RESTFailure) {
        guard let installation = installation(bot: viewer) else { return }
        let refusal = RESTFailure(403, "Resource not accessible by integration")
        if call.segments.first == "user" { throw refusal }
        var (permission, level) = Self.required(call)
        if call.segments.first == "orgs", let at = call.segments.firstIndex(of: "repos"), level == "write", at > 3 {
            (permission, level) = ("administration", "write")
        }
        guard installation.may(permission, level) else { throw refusal }
        guard call.segments.count >= 3, call.segments[0] == "repos",
            let repository = repository("\(call.segments[1])/\(call.segments[2])"), !installation.has(repository)
        else { return }
        if repository.isPrivate { throw .notFound }
        if permission != "metadata" || level != "read" { throw refusal }
    }
}
