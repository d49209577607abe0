import Foundation
import Model
import Store

/// A project, for programs.
package struct ProjectDocument: Codable, Sendable {
    /// Whether GitHub agrees with what is declared.
    package struct Condition: Codable, Sendable {
        /// As in `ProjectCondition.Status`.
        package var status: String
        /// Why it is not ready; absent for who may not know whom it names.
        package var reason: String?
        /// Since when it has been so.
        package var since: Date

        init(_ condition: ProjectCondition, saysWhy: Bool) {
            (status, since) = (condition.status.rawValue, condition.since)
            reason = saysWhy ? condition.reason : nil
        }
    }

    /// When GitHub last told something of it by a webhook, and what it did not tell.
    package struct Heard: Codable, Sendable {
        /// When the latest delivery with a good signature arrived; absent before the first one.
        package var at: Date?
        /// Its event; absent for who may not know people, whom some events are about.
        package var event: String?
        /// When an event was last found by comparing heads, of which no delivery had told.
        package var foundAt: Date?
        /// How many such events were found since the latest delivery; without one, all of them.
        package var foundSince: Int

        init(_ heard: LastHeard, saysWhat: Bool) {
            (at, foundAt, foundSince) = (heard.at, heard.foundAt, heard.foundSince)
            event = saysWhat ? heard.event : nil
        }
    }

    /// Owner and name.
    package var repository: String
    /// Whether the admin repository still declares it.
    package var isActive: Bool
    /// Whether the repository is private.
    package var isPrivate: Bool
    /// The default branch, once known.
    package var defaultBranch: String?
    /// The hooks' identifiers.
    package var hooks: [String]
    /// Whether GitHub agrees with what is declared.
    package var condition: Condition
    /// The commit of the admin repository that last changed it.
    package var configCommit: String
    /// What the caller is in it; absent for nothing.
    package var role: String?
    /// The page for people.
    package var page: String
    /// Its newest build.
    package var latestBuild: BuildDocument?
    /// How its default branch is; absent when that is not known or was never built.
    package var standing: StandingDocument?
    /// When GitHub last told something of it; absent in lists, and when it is no longer declared.
    package var heard: Heard?
    /// Differences on GitHub that nobody asked for, newest first; absent in lists.
    package var drift: [DriftDocument]?

    init(
        _ project: ProjectRecord, latest: BuildRecord?, main: RefStanding?, for viewer: Viewer, by policy: AccessPolicy,
        externalURL: String
    ) {
        (repository, isActive, isPrivate) = (project.repository.description, project.isActive, project.isPrivate)
        (defaultBranch, hooks) = (project.defaultBranch, project.config.hooks.map(\.id.description))
        condition = Condition(project.condition, saysWhy: policy.mayKnowPeople(project, viewer))
        configCommit = project.configCommit
        role = policy.role(of: viewer, in: project)?.rawValue
        page = PageAddress(externalURL: externalURL, repository: project.repository).project
        latestBuild = latest.map { BuildDocument($0, of: project.repository, externalURL: externalURL) }
        standing = main.map(StandingDocument.init)
    }
}

/// A page of projects, by name.
package struct ProjectListDocument: Codable, Sendable {
    /// The projects.
    package var projects: [ProjectDocument]
    /// What `after` takes to go on; absent on the last page.
    package var next: String?
}

/// A difference on GitHub that nobody asked for.
package struct DriftDocument: Codable, Sendable {
    /// The project.
    package var repository: String
    /// Such as `webhook tests`.
    package var object: String
    /// Such as `events`.
    package var field: String
    /// As it was declared and was.
    package var declared: String
    /// As it was found.
    package var found: String
    /// When it was seen first.
    package var foundAt: Date
    /// When it was repaired; absent while it is there.
    package var healedAt: Date?

    init(_ record: DriftRecord, _ repository: RepositoryName) {
        self.repository = repository.description
        (object, field) = (record.difference.object, record.difference.field)
        (declared, found) = (record.difference.old, record.difference.new)
        (foundAt, healedAt) = (record.foundAt, record.healedAt)
    }
}

/// Who has which role in a project.
package struct MemberListDocument: Codable, Sendable {
    /// Somebody.
    package struct Member: Codable, Sendable {
        /// The account's name.
        package var login: String
        /// As in `Role`.
        package var role: String
        /// What GitHub lets the account do.
        package var level: String
    }

    /// The owner first, then by name.
    package var members: [Member]
    /// When they were read from GitHub.
    package var readAt: Date?
    /// Why there are none, or fewer than one expects.
    package var note: String?

    init(_ roles: [RoleRecord], _ reading: RoleReading, _ project: ProjectRecord) {
        let found = roles.map { ($0, Role($0.level, login: $0.login, declaredOwner: project.config.owner)) }
        members = found.sorted { ($1.1, $0.0.login.lowercased()) < ($0.1, $1.0.login.lowercased()) }.map {
            Member(login: $0.0.login, role: $0.1.rawValue, level: $0.0.level.rawValue)
        }
        readAt = reading.readAt
        note = MemberValues.note(roles, reading, project)
    }
}

/// Who asks.
package struct UserDocument: Codable, Sendable {
    /// The account's name; absent for a stranger.
    package var login: String?
    /// The person's name, if GitHub tells it.
    package var name: String?
    /// Whether the caller may see the configuration of the whole server.
    package var readsAdministration: Bool
    /// What a change needs in the header `X-CSRF-Token`; absent unless the caller is known by a cookie.
    package var csrfToken: String?
}
