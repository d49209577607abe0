import Foundation

/// A repository with everything that belongs to it. Lives inside ``World``.
final class Repository {
    let id: Int64
    var owner: Account
    var name: String
    var isPrivate: Bool
    var isArchived = false
    var description: String?
    var defaultBranch: String
    let createdAt = Date()
    var updatedAt = Date()
    var pushedAt = Date()
    /// The repository that this one was forked from.
    let parent: Int64?
    /// Serialises everything that moves a reference, so that "before" and "after" are one change.
    let lock = RepositoryLock()

    /// By lower-case login.
    var collaborators: [String: Permission] = [:]
    var invitations: [Invitation] = []
    var hooks: [Webhook] = []
    var keys: [DeployKey] = []
    var pulls: [PullRequest] = []
    /// By commit, oldest first.
    var statuses: [String: [StatusEntry]] = [:]
    /// By branch.
    var protections: [String: BranchProtection] = [:]

    var fullName: String { "\(owner.login)/\(name)" }

    init(
        id: Int64, owner: Account, name: String, isPrivate: Bool, description: String?, defaultBranch: String,
        parent: Int64?
    ) {
        self.id = id
        self.owner = owner
        self.name = name
        self.isPrivate = isPrivate
        self.description = description
        self.defaultBranch = defaultBranch
        self.parent = parent
    }
}

/// An offer to become a collaborator that was not accepted yet.
struct Invitation {
    let id: Int64
    let invitee: Account
    let inviter: Account
    var permission: Permission
    let createdAt = Date()
}

/// A key that may read, or read and write, one repository.
struct DeployKey {
    let id: Int64
    let title: String
    /// Type and base64, without the comment.
    let key: String
    let isReadOnly: Bool
    let addedBy: String
    let createdAt = Date()
}

/// One commit status. There is no update: the newest of a context counts.
struct StatusEntry {
    let id: Int64
    let context: String
    let state: String
    let description: String?
    let targetURL: String?
    let creator: Account
    let createdAt = Date()
}

/// What must hold before something is merged into a branch.
struct BranchProtection {
    /// The contexts that the classic protection asks for; `nil` when it asks for none.
    var contexts: [String]?
    /// The contexts that rulesets ask for.
    var ruleContexts: [String] = []
    var isStrict = false
}

/// A pull request into the repository that holds it.
final class PullRequest {
    let id: Int64
    let number: Int
    var title: String
    var body: String?
    let user: Account
    var isDraft: Bool
    var isOpen = true
    var mergedBy: Account?
    var mergeCommit: String?
    let createdAt = Date()
    var updatedAt = Date()
    var closedAt: Date?
    /// `nil` once the fork was deleted.
    var headRepository: Int64?
    let headOwner: String
    let headReference: String
    var headCommit: String
    let baseReference: String
    var baseCommit: String
    /// Oldest first.
    var comments: [Comment] = []

    init(
        id: Int64, number: Int, title: String, body: String?, user: Account, isDraft: Bool, headRepository: Int64,
        headOwner: String, headReference: String, headCommit: String, baseReference: String, baseCommit: String
    ) {
        self.id = id
        self.number = number
        self.title = title
        self.body = body
        self.user = user
        self.isDraft = isDraft
        self.headRepository = headRepository
        self.headOwner = headOwner
        self.headReference = headReference
        self.headCommit = headCommit
        self.baseReference = baseReference
        self.baseCommit = baseCommit
    }
}
