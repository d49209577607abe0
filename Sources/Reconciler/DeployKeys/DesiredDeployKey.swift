import Model

/// The deploy key that a project declares.
public struct DesiredDeployKey: Sendable, Hashable, Codable {
    /// For private repositories, always or never.
    public var mode: Project.DeployKeyMode
    /// What it is called on GitHub; see `title(externalURL:)`.
    public var title: String
    /// The key whose private half we hold; `nil` until one was made.
    public var held: DeployKeyIdentity?

    /// Memberwise.
    public init(mode: Project.DeployKeyMode, title: String, held: DeployKeyIdentity? = nil) {
        self.mode = mode
        self.title = title
        self.held = held
    }

    /// What the keys of a server are called.
    public static func title(externalURL: String) -> String {
        var url = externalURL[...]
        while url.last == "/" { url.removeLast() }
        return "Kozmic \(url)"
    }

    /// Whether a repository has a key.
    func isWanted(isPrivate: Bool) -> Bool {
        switch mode {
        case .auto: isPrivate
        case .always: true
        case .never: false
        }
    }
}

/// The public half of a key.
public struct DeployKeyIdentity: Sendable, Hashable, Codable {
    /// `ssh-ed25519 AAAA…`, with or without a comment.
    public var publicKey: String
    /// As `ssh-keygen -l` prints it.
    public var fingerprint: String

    /// Memberwise.
    public init(publicKey: String, fingerprint: String) {
        self.publicKey = publicKey
        self.fingerprint = fingerprint
    }

    /// Whether it is the key of that line; GitHub drops the comment.
    func matches(_ line: String) -> Bool {
        let wanted = publicKey.split(separator: " ").prefix(2)
        return wanted.count == 2 && line.split(separator: " ").prefix(2) == wanted
    }
}

/// A deploy key that GitHub has.
public struct ObservedDeployKey: Sendable, Hashable, Codable {
    /// GitHub's number.
    public var id: Int64
    /// What it is called.
    public var title: String
    /// Kind and Base64.
    public var key: String
    /// Whether it cannot push.
    public var isReadOnly: Bool

    /// Memberwise.
    public init(id: Int64, title: String, key: String, isReadOnly: Bool) {
        self.id = id
        self.title = title
        self.key = key
        self.isReadOnly = isReadOnly
    }
}
