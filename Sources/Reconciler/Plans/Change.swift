/// What an operation does, in the shape that texts, programs and the record of drift share.
public struct Change: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What is done.
    public enum Action: String, Sendable, Hashable, Codable {
        case create, update, delete

        /// The first character of a diff's line.
        public var mark: String {
            switch self {
            case .create: "+"
            case .update: "~"
            case .delete: "-"
            }
        }
    }

    /// What is done.
    public var action: Action
    /// `webhook`, `deploy key`, `collaborator`, `invitation` or `team`.
    public var kind: String
    /// Which one: a hook, a title, a login, a slug.
    public var name: String
    /// GitHub's number, where it has one.
    public var id: Int64?
    /// Old and new values. What is created has no old ones, what is deleted no new ones.
    public var fields: [FieldChange]

    /// Such as `webhook tests`.
    public var object: String { "\(kind) \(name)" }

    /// The line of a diff.
    public var description: String {
        let number = id.map { " (\($0))" } ?? ""
        let details = fields.map { field in
            switch action {
            case .create: "\(field.field) \(field.new)"
            case .update: field.description
            case .delete: "\(field.field) \(field.old)"
            }
        }
        let text = details.joined(separator: action == .update ? "; " : ", ")
        return "\(action.mark) \(object)\(number)" + (text.isEmpty ? "" : ": \(text)")
    }
}
