import Foundation

/// A row of `deployKey`: a key that a project's repository is, was or will be read with.
public struct DeployKeyRecord: Sendable, Hashable {
    /// What a key is for.
    public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
        /// Git uses it.
        case current
        /// It takes the place of the current one when GitHub has it and git could read with it.
        case next
        /// It is deleted on GitHub, then forgotten.
        case former
    }

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
    /// Which of the keys that the secret key leads to; 0 for one that was drawn by lot, by an earlier version.
    public var generation: Int
    /// What it is for.
    public var role: Role

    /// Memberwise.
    public init(
        projectID: Int64, publicKey: String, fingerprint: String, sealed: [UInt8], githubID: Int64? = nil,
        createdAt: Date = Date(), generation: Int = 1, role: Role = .current
    ) {
        self.projectID = projectID
        self.publicKey = publicKey
        self.fingerprint = fingerprint
        self.sealed = sealed
        self.githubID = githubID
        self.createdAt = createdAt
        self.generation = generation
        self.role = role
    }
}
