import Foundation

/// A user or an organization. Lives inside ``World``.
final class Account {
    let id: Int64
    let login: String
    let isOrganization: Bool
    let createdAt = Date()
    var name: String?
    var email: String
    /// Lower-case logins; of an organization only.
    var owners: Set<String> = []
    var members: Set<String> = []
    var teams: [Team] = []
    var hooks: [Webhook] = []

    var key: String { login.lowercased() }

    init(id: Int64, login: String, isOrganization: Bool, name: String?, email: String?) {
        self.id = id
        self.login = login
        self.isOrganization = isOrganization
        self.name = name
        self.email = email ?? "\(id)+\(login)@users.noreply.github.com"
    }

    func hasMember(_ account: Account) -> Bool { members.contains(account.key) || owners.contains(account.key) }
}

/// A team of an organization.
final class Team {
    let id: Int64
    let slug: String
    var name: String
    var description: String?
    var privacy: String
    /// Lower-case logins.
    var members: Set<String> = []
    var maintainers: Set<String> = []
    /// By the repository's number.
    var repositories: [Int64: Permission] = [:]

    init(id: Int64, name: String, privacy: String = "secret") {
        self.id = id
        self.name = name
        self.privacy = privacy
        let characters = name.lowercased().map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "-" }
        slug = String(characters)
    }

    func hasMember(_ account: Account) -> Bool { members.contains(account.key) || maintainers.contains(account.key) }
}
