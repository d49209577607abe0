/// Where a mirror comes from.
public struct GitRemote: Sendable, Hashable {
    /// An absolute path, `file://`, `http://`, `https://`, `ssh://` or `user@host:path`. A password in it, or any
    /// user-info in an `http` or `https` URL, is refused.
    public var url: String
    /// How to sign in.
    public var credentials: GitCredentials
    /// A PEM file of certificate authorities to trust for `https` instead of the system's.
    public var caFile: String?

    /// Describes a remote; nothing is checked or opened yet.
    public init(url: String, credentials: GitCredentials = .none, caFile: String? = nil) {
        self.url = url
        self.credentials = credentials
        self.caFile = caFile
    }

    /// Whether a text is an address at all, which every conversation checks too; nothing is opened.
    ///
    /// - Throws: `GitError` that says what is wrong with it.
    public static func check(_ url: String) throws(GitError) { _ = try RemoteAddress(url) }
}
