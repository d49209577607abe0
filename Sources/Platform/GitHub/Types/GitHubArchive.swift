/// Where answers are kept over a restart, so that GitHub need only say that they still hold. What it loses, or cannot
/// read, costs no more than quota.
public protocol GitHubArchive: Sendable {
    /// What was kept under that key.
    func answer(for key: String) async -> GitHubArchivedAnswer?
    /// Keeps an answer in place of an earlier one.
    func keep(_ answer: GitHubArchivedAnswer, for key: String) async
}

/// An answer as it is kept.
public struct GitHubArchivedAnswer: Sendable, Hashable {
    /// What GitHub called this version of it.
    public var etag: String
    /// The `Link` headers, which name the next page.
    public var link: String?
    /// The body as it came.
    public var body: [UInt8]

    /// Memberwise.
    public init(etag: String, link: String?, body: [UInt8]) {
        self.etag = etag
        self.link = link
        self.body = body
    }
}
