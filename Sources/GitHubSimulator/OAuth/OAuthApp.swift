import Foundation

/// An app that people may sign in to with their accounts.
struct OAuthApp: Sendable {
    let clientID: String
    let secret: String
    /// Where browsers may be sent back to: there or below.
    let callbackURL: String

    /// Scheme, host and port must be the same, the path may go on.
    func allows(redirect: String) -> Bool {
        guard let wanted = URLComponents(string: redirect), let registered = URLComponents(string: callbackURL),
            wanted.scheme == registered.scheme, wanted.host == registered.host, wanted.port == registered.port,
            wanted.user == nil, wanted.fragment == nil
        else { return false }
        let base = registered.path.hasSuffix("/") ? registered.path : registered.path + "/"
        return wanted.path == registered.path || wanted.path.hasPrefix(base)
    }
}

/// What a browser brings back from the authorize page; good for one exchange within ten minutes.
struct OAuthCode: Sendable {
    let clientID: String
    /// Lower-case.
    let login: String
    let redirect: String
    /// The hash of the verifier, if the app sent one.
    let challenge: String?
    let expiresAt: Date
}
