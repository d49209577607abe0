import Foundation

/// Somebody who signed in.
public struct PersonRecord: Sendable, Hashable, Identifiable {
    /// GitHub's number of the account, which stays when it is renamed.
    public var id: Int64
    /// The account's name.
    public var login: String
    /// The person's name, if GitHub tells it.
    public var name: String?
    /// The token that GitHub gave at the sign-in, encrypted.
    public var sealedToken: [UInt8]?
    /// When GitHub last accepted that token.
    public var checkedAt: Date

    /// Memberwise.
    public init(id: Int64, login: String, name: String? = nil, sealedToken: [UInt8]?, checkedAt: Date) {
        self.id = id
        self.login = login
        self.name = name
        self.sealedToken = sealedToken
        self.checkedAt = checkedAt
    }
}
