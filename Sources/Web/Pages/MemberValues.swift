import Model
import Store

/// Who has which role in a project, for its settings page.
enum MemberValues {
    static func make(_ roles: [RoleRecord], _ project: ProjectRecord, gitHubURL: String) -> [PageValues] {
        let members = roles.map { record in
            (record, Role(record.level, login: record.login, declaredOwner: project.config.owner))
        }
        return members.sorted { ($1.1, $0.0.login.lowercased()) < ($0.1, $1.0.login.lowercased()) }.map {
            [
                "login": $0.0.login, "url": "\(gitHubURL)/\($0.0.login)", "role": $0.1.rawValue,
                "level": $0.0.level.rawValue,
            ]
        }
    }

    /// Why there are none, or fewer than one expects.
    static func note(_ roles: [RoleRecord], _ reading: RoleReading, _ project: ProjectRecord) -> String? {
        if let problem = reading.problem { return "They could not be read from GitHub: \(problem)" }
        guard reading.readAt != nil else { return "They were not read from GitHub yet." }
        guard let owner = project.config.owner,
            !roles.contains(where: { $0.login.lowercased() == owner.lowercased() })
        else { return nil }
        return "\(owner) is declared as the owner but has no access on GitHub, and so no role here."
    }
}
