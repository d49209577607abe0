/// A key that may clone (or push to) one repository.
public struct GitHubDeployKey: Sendable, Hashable, Decodable {
    /// GitHub's number.
    public var id: Int64
    /// What people call it.
    public var title: String
    /// Kind and Base64, without the comment.
    public var key: String
    /// Whether it cannot push.
    public var isReadOnly: Bool

    private enum CodingKeys: String, CodingKey {
        case id, title, key
        case isReadOnly = "read_only"
    }

    /// Whether it is the key of a public key's line, whose comment GitHub drops.
    public func matches(_ line: String) -> Bool {
        let wanted = line.split(separator: " ").prefix(2)
        return wanted.count == 2 && key.split(separator: " ").prefix(2) == wanted
    }
}
