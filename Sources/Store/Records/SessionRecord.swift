import Foundation
import Model

/// A browser in which somebody is signed in, with what that person may do.
public struct SessionRecord: Sendable, Hashable {
    /// SHA-256 of what the browser's cookie holds; the cookie's content itself is stored nowhere.
    public var hash: [UInt8]
    /// GitHub's number of the account.
    public var personID: Int64
    /// The account's name.
    public var login: String
    /// The person's name, if GitHub tells it.
    public var name: String?
    /// When the person signed in.
    public var createdAt: Date
    /// When the browser last asked for something, to within some minutes.
    public var seenAt: Date
    /// What GitHub lets the account do, by project.
    public var levels: [Int64: PermissionLevel]
    /// Whether the account can read the admin repository on GitHub.
    public var readsAdminRepository: Bool
}

/// How long sessions last.
public struct SessionLifetime: Sendable, Hashable {
    /// Since the browser last asked for something.
    public var idle: TimeInterval
    /// Since the sign-in.
    public var absolute: TimeInterval

    /// A week without a request, 30 days in all.
    public static let standard = SessionLifetime(idle: 7 * 86_400, absolute: 30 * 86_400)

    /// Memberwise.
    public init(idle: TimeInterval, absolute: TimeInterval) {
        self.idle = idle
        self.absolute = absolute
    }
}
