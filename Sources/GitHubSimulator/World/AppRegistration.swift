import Foundation

/// A GitHub App. Lives inside ``World``.
final class AppRegistration {
    let id: Int64
    let slug: String
    /// The public half of its key, PEM.
    let publicKey: String
    let owner: Account
    /// What it asks for, such as `contents`: `read`.
    var permissions: [String: String]
    var installations: [AppInstallation] = []
    /// Where it is told what happens where it is installed, if it wants to know.
    var hook: Webhook?
    /// How long its tokens last.
    var tokenLifetime: TimeInterval = 3600

    init(id: Int64, slug: String, publicKey: String, owner: Account, permissions: [String: String]) {
        self.id = id
        self.slug = slug
        self.publicKey = publicKey
        self.owner = owner
        self.permissions = permissions
    }
}

/// An app in the repositories of one account.
final class AppInstallation {
    let id: Int64
    let app: AppRegistration
    let account: Account
    /// As whom it acts; a login that no user can have.
    let bot: Account
    let createdAt = Date()
    var permissions: [String: String]
    /// Repositories by number; `nil` for all.
    var selected: Set<Int64>?
    var suspendedAt: Date?

    init(
        id: Int64, app: AppRegistration, account: Account, bot: Account, permissions: [String: String],
        selected: Set<Int64>?
    ) {
        self.id = id
        self.app = app
        self.account = account
        self.bot = bot
        self.permissions = permissions
        self.selected = selected
    }

    func has(_ repository: Repository) -> Bool {
        repository.owner === account && (selected?.contains(repository.id) ?? true)
    }

    /// Whether it was granted that much; `write` contains `read`.
    func may(_ permission: String, _ level: String) -> Bool {
        guard let granted = permissions[permission] else { return permission == "metadata" && level == "read" }
        return granted == level || granted == "write" || granted == "admin"
    }

    /// What its permissions amount to in a repository, in the words for users.
    var role: Permission {
        if may("administration", "write") { return .admin }
        if may("contents", "write") || may("statuses", "write") || may("repository_hooks", "write") { return .push }
        return .pull
    }
}

/// A token that an installation was given.
struct InstallationToken: Sendable {
    let installation: Int64
    let endsAt: Date
}
