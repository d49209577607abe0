import GitHub
import Model
import Reconciler
import Testing

/// What GitHub does with the operations on one repository, without GitHub.
struct RepositoryModel {
    var observed: ObservedRepository
    /// Keys that were made in the course of a test.
    var made: [DeployKeyIdentity] = []
    /// People of the organization, who need no invitation.
    var members: Set<String> = []
    private var nextID: Int64 = 4_294_967_296

    init(_ observed: ObservedRepository) { self.observed = observed }

    /// Carries an operation out. Answers the key that we hold since then, if it was made.
    mutating func apply(_ operation: Operation) -> DeployKeyIdentity? {
        switch operation {
        case .webhook(let operation): apply(operation)
        case .deployKey(let operation): return apply(operation)
        case .permission(let operation): apply(operation)
        }
        return nil
    }

    private mutating func apply(_ operation: WebhookOperation) {
        switch operation {
        case .create(let webhook): put(webhook, id: newID())
        case .update(let id, let webhook, _): put(webhook, id: id)
        case .delete(let id, _): observed.webhooks.removeAll { $0.id == id }
        }
    }

    private mutating func put(_ webhook: DesiredWebhook, id: Int64) {
        observed.webhooks.removeAll { $0.id == id }
        observed.webhooks.append(
            ObservedWebhook(
                id: id, url: webhook.url, events: webhook.events, secretFingerprint: webhook.secretFingerprint))
    }

    private mutating func apply(_ operation: DeployKeyOperation) -> DeployKeyIdentity? {
        func identity(_ number: Int) -> DeployKeyIdentity {
            DeployKeyIdentity(publicKey: "ssh-ed25519 new\(number)", fingerprint: "SHA256:new\(number)")
        }
        switch operation {
        case .create(let title, let given):
            let key = given ?? identity(made.count)
            if given == nil { made.append(key) }
            #expect(!observed.deployKeys.contains { $0.key == key.publicKey }, "key is already in use")
            observed.deployKeys.append(
                ObservedDeployKey(id: newID(), title: title, key: key.publicKey, isReadOnly: true))
            return key
        case .replace(let id, let key, let title, let changes):
            #expect(!changes.isEmpty)
            observed.deployKeys.removeAll { $0.id == id }
            observed.deployKeys.append(
                ObservedDeployKey(id: newID(), title: title, key: key.publicKey, isReadOnly: true))
        case .delete(let id, _): observed.deployKeys.removeAll { $0.id == id }
        }
        return nil
    }

    private mutating func apply(_ operation: PermissionOperation) {
        func isSame(_ left: String?, _ right: String) -> Bool { left?.lowercased() == right.lowercased() }
        switch operation {
        case .invite(let login, let level):
            #expect(!observed.collaborators.contains { isSame($0.login, login) })
            #expect(!observed.invitations.contains { isSame($0.login, login) }, "invited for ever")
            if members.contains(login.lowercased()) {
                observed.collaborators.append(ObservedCollaborator(login: login, level: level.rawValue))
            } else {
                observed.invitations.append(ObservedInvitation(id: newID(), login: login, level: level.rawValue))
            }
        case .change(let login, let from, let to):
            let position = observed.collaborators.firstIndex { isSame($0.login, login) && $0.level == from }
            #expect(position != nil)
            if let position { observed.collaborators[position].level = to.rawValue }
        case .remove(let login, _): observed.collaborators.removeAll { isSame($0.login, login) }
        case .changeInvitation(let id, _, _, let to):
            let position = observed.invitations.firstIndex { $0.id == id }
            #expect(position != nil)
            if let position { observed.invitations[position].level = to.rawValue }
        case .withdraw(let id, _, _): observed.invitations.removeAll { $0.id == id }
        case .grantTeam(let slug, let level):
            observed.teams.append(ObservedTeam(slug: slug, level: level.rawValue))
        case .changeTeam(let slug, _, let to):
            let position = observed.teams.firstIndex { isSame($0.slug, slug) }
            #expect(position != nil)
            if let position { observed.teams[position].level = to.rawValue }
        case .revokeTeam(let slug, _): observed.teams.removeAll { isSame($0.slug, slug) }
        }
    }

    private mutating func newID() -> Int64 {
        nextID += 1
        return nextID
    }
}
