import Foundation

extension World {
    func controlMakeOAuthApp(_ call: RESTCall) throws -> RESTAnswer {
        let app = OAuthApp(
            clientID: try call.string("client_id") ?? "Iv1.\(nextID())",
            secret: try call.string("client_secret") ?? UUID().uuidString.replacing("-", with: "").lowercased(),
            callbackURL: try required(call, "callback_url"))
        oauthApps[app.clientID] = app
        return .created(["client_id": .string(app.clientID), "client_secret": .string(app.secret)])
    }

    /// Who sits in front of the browser; nobody declines every sign-in.
    func controlSetBrowserUser(_ call: RESTCall) throws -> RESTAnswer {
        browserLogin = try call.string("user").map { try controlAccount($0).key }
        return .noContent
    }

    /// What a user does who no longer wants the app: all tokens that came of sign-ins end.
    func controlRevokeSignIns(_ call: RESTCall) throws -> RESTAnswer {
        let account = try controlAccount(call.parameter("user"))
        for token in publicTokens where tokens[token] == account.key { tokens[token] = nil }
        return .noContent
    }
}
