import Foundation

/// A row of `deployKey`: the key that a project's repository is read with.
public struct DeployKeyRecord: Sendable, Hashable {
    /// The project.
    public var projectID: Int64
    /// `ssh-ed25519 AAAA…`.
    public var publicKey: String
    /// As `ssh-keygen -l` prints it.
    public var fingerprint: String
    /// The private half, encrypted by whoever stores it; the store cannot open it.
    public var sealed: [UInt8]
    /// GitHub's number of the key; `nil` while GitHub does not have it.
    public var githubID: Int64?
    /// When it was made.
    public var createdAt: Date

    /// Memberwise.
    public init(
        projectID: Int64, publicKey: String, fingerprint: String, sealed: [UInt8], githubID: Int64? = nil,
        createdAt: Date = Date()
    ) {
        self.projectID = projectID
        self.publicKey = publicKey
        self.fingerprint = fingerprint
        self.sealed = sealed
        self.githubID = githubID
        self.createdAt = createdAt
    }
}
