import Model

/// The deploy key that a project declares.
public struct DesiredDeployKey: Sendable, Hashable, Codable {
    /// For private repositories, always or never.
    public var mode: Project.DeployKeyMode
    /// What it is called on GitHub; see `title(externalURL:)`.
    public var title: String
    /// The key that is wanted, whose private half we hold; `nil` until one was made.
    public var held: DeployKeyIdentity?
    /// Ours too, and left alone: git uses it until it could read with the wanted one.
    public var kept: DeployKeyIdentity?
    /// Ours, and of no use any more.
    public var former: [DeployKeyIdentity]

    /// Memberwise.
    public init(
        mode: Project.DeployKeyMode, title: String, held: DeployKeyIdentity? = nil, kept: DeployKeyIdentity? = nil,
        former: [DeployKeyIdentity] = []
    ) {
        self.mode = mode
        self.title = title
        self.held = held
        self.kept = kept
        self.former = former
    }

    /// What the keys of a server are called: a later generation has its number in the title, from which it is found
    /// again when the database is lost.
    public static func title(externalURL: String, generation: Int = 1) -> String {
        var url = externalURL[...]
        while url.last == "/" { url.removeLast() }
        return "Kozmic \(url)" + (generation > 1 ? " #\(generation)" : "")
    }

    /// The generation that the title of a key of this server speaks of; `nil` for the title of somebody else's key.
    public func generation(ofTitle text: String) -> Int? {
        let (base, _) = Self.parts(title)
        let (other, generation) = Self.parts(text)
        return base == other ? generation : nil
    }

    private static func parts(_ title: String) -> (base: Substring, generation: Int) {
        guard let mark = title.firstRange(of: " #"), let number = Int(title[mark.upperBound...]), number > 1 else {
            return (title[...], 1)
        }
        return (title[..<mark.lowerBound], number)
    }

    /// Whether a key on GitHub is one that this server made: it is known, or it is called so and nobody knows its
    /// private half any more.
    func isOurs(_ key: ObservedDeployKey) -> Bool {
        ([held, kept] + former).contains { $0?.matches(key.key) == true } || generation(ofTitle: key.title) != nil
    }

    /// Whether there is a key that may be on GitHub.
    var isKnown: Bool { held != nil || kept != nil || !former.isEmpty }

    /// Whether a repository has a key.
    func isWanted(isPrivate: Bool) -> Bool { Self.isWanted(mode, isPrivate: isPrivate) }

    /// The same for what is declared.
    public static func isWanted(_ mode: Project.DeployKeyMode, isPrivate: Bool) -> Bool {
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
    public func matches(_ line: String) -> Bool {
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
