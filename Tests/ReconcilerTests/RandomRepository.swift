import Model
import Reconciler
import SeededRandom
import Testing

/// What may be declared for a repository and what GitHub may have, good and bad, drawn by lot.
enum RandomRepository {
    static let people = ["alice", "Bob", "carol", "dave", "erin", "kozmic", "octocat"]
    static let levels = PermissionLevel.allCases
    static let title = DesiredDeployKey.title(externalURL: external + "/")

    static func desired(using random: inout SeededGenerator) throws -> DesiredRepository {
        var permissions = Permissions()
        permissions.authoritative = Int.random(in: 0..<3, using: &random) == 0
        for person in people where Int.random(in: 0..<3, using: &random) == 0 {
            let name = Bool.random(using: &random) ? person : person.uppercased()
            permissions.collaborators[name] = levels.randomElement(using: &random)
        }
        if permissions.authoritative, Int.random(in: 0..<4, using: &random) > 0 {
            permissions.collaborators["kozmic"] = .admin
            permissions.collaborators["KOZMIC"] = nil
        }
        for team in ["core", "docs"] where Int.random(in: 0..<4, using: &random) == 0 {
            permissions.teams[team] = levels.randomElement(using: &random)
        }
        let repository = try #require(widget)
        let hooks = try ["tests", "lint"].filter { _ in Bool.random(using: &random) }.map { name in
            let id = try hookID(name)
            return DesiredWebhook(
                hook: id, url: WebhookAddress.url(externalURL: external, repository: repository, hook: id),
                events: ["push"], secretFingerprint: "s1")
        }
        let held = DeployKeyIdentity(publicKey: "ssh-ed25519 held comment", fingerprint: "SHA256:held")
        return try DesiredRepository(
            webhooks: hooks, owner: Bool.random(using: &random) ? "octocat" : nil, permissions: permissions,
            deployKey: DesiredDeployKey(
                mode: Project.DeployKeyMode.allCases.randomElement(using: &random) ?? .auto, title: title,
                held: Bool.random(using: &random) ? held : nil))
    }

    static func observed(using random: inout SeededGenerator) -> ObservedRepository {
        var observed = ObservedRepository(
            fullName: "acme/widget", isPrivate: Bool.random(using: &random),
            isOrganization: [true, true, false, nil].randomElement(using: &random) ?? nil, viewer: "kozmic")
        observed.isViewerAdmin = Bool.random(using: &random)
        let words = levels.map(\.rawValue) + ["security-reviewer"]
        for (number, person) in people.enumerated() {
            let level = words.randomElement(using: &random) ?? "pull"
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1: observed.collaborators.append(ObservedCollaborator(login: person, level: level))
            case 2:
                observed.invitations.append(
                    ObservedInvitation(
                        id: Int64(100 + number), login: person, level: level,
                        isExpired: Int.random(in: 0..<3, using: &random) == 0))
            default: break
            }
        }
        if Int.random(in: 0..<5, using: &random) == 0 {
            observed.invitations.append(ObservedInvitation(id: 99, login: nil, level: "pull"))
        }
        if observed.isOrganization == false {
            observed.collaborators.append(ObservedCollaborator(login: "acme", level: "admin"))
        } else {
            for team in ["core", "docs", "ops"] where Bool.random(using: &random) {
                observed.teams.append(
                    ObservedTeam(slug: team, level: words.randomElement(using: &random) ?? "pull"))
            }
        }
        for (id, key) in ["held", "foreign"].enumerated() where Bool.random(using: &random) {
            observed.deployKeys.append(
                ObservedDeployKey(
                    id: Int64(id + 1), title: Bool.random(using: &random) ? title : "by hand",
                    key: "ssh-ed25519 \(key)", isReadOnly: Bool.random(using: &random)))
        }
        for (id, name) in ["tests", "old"].enumerated() where Bool.random(using: &random) {
            observed.webhooks.append(
                ObservedWebhook(
                    id: Int64(id + 1), url: "\(external)/_hooks/acme/widget/\(name)", events: ["push"],
                    active: Bool.random(using: &random), secretFingerprint: "s1"))
        }
        return observed
    }
}
