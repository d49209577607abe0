import Foundation
import Model

/// What GitHub lets an account do in a project.
public struct RoleRecord: Sendable, Hashable {
    /// GitHub's number of the account.
    public var personID: Int64
    /// The account's name.
    public var login: String
    /// The highest level.
    public var level: PermissionLevel

    /// Memberwise.
    public init(personID: Int64, login: String, level: PermissionLevel) {
        self.personID = personID
        self.login = login
        self.level = level
    }
}

/// When the roles of a project, or the readers of the admin repository, were read.
public struct RoleReading: Sendable, Hashable {
    /// When the last reading that succeeded ended; `nil` for none.
    public var readAt: Date?
    /// How often somebody wished for a reading.
    public var wanted: Int64
    /// How many of these wishes the last reading fulfilled, or failed to.
    public var fulfilled: Int64
    /// Why the last one failed; `nil` when it did not.
    public var problem: String?

    /// Memberwise.
    public init(readAt: Date? = nil, wanted: Int64 = 0, fulfilled: Int64 = 0, problem: String? = nil) {
        self.readAt = readAt
        self.wanted = wanted
        self.fulfilled = fulfilled
        self.problem = problem
    }
}

/// A project whose roles are read, without its configuration.
public struct RoleTarget: Sendable, Hashable {
    /// The project.
    public var projectID: Int64
    /// Its repository's name.
    public var repository: RepositoryName
    /// Whether it is still declared.
    public var isActive: Bool
    /// GitHub's number of the repository, once known.
    public var githubID: Int64?
    /// The last reading.
    public var reading: RoleReading
}
