/// One step towards the declared deploy key. It may be applied twice.
public enum DeployKeyOperation: Sendable, Hashable, Codable {
    /// There is no key; with `nil` one is made first.
    case create(title: String, DeployKeyIdentity?)
    /// Our key differs; GitHub has no change of keys, so it is deleted and made again.
    case replace(id: Int64, DeployKeyIdentity, title: String, changes: [FieldChange])
    /// Our key is not wanted.
    case delete(id: Int64, title: String)

    /// What it does, in the shape of all operations.
    public var change: Change {
        switch self {
        case .create(let title, let key):
            Change(
                action: .create, kind: "deploy key", name: title,
                fields: [
                    FieldChange(field: "fingerprint", old: "", new: key?.fingerprint ?? "of a new key"),
                    FieldChange(field: "read_only", old: "", new: "true"),
                ])
        case .replace(let id, _, let title, let changes):
            Change(action: .update, kind: "deploy key", name: title, id: id, fields: changes)
        case .delete(let id, let title):
            Change(action: .delete, kind: "deploy key", name: title, id: id, fields: [])
        }
    }
}
