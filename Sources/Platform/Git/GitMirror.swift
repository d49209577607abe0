/// A bare copy of a remote repository on this disk, and everything that is read from it.
///
/// The folder belongs to one mirror in one process. It is created by the first `fetch`, and made anew from the remote
/// whenever it turns out to be damaged. Calls run one after the other on a thread of the mirror's own.
public actor GitMirror {
    /// Branches, tags and the heads of pull requests.
    public static let defaultRefspecs = [
        "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", "+refs/pull/*/head:refs/pull/*/head",
    ]

    private let executor = GitExecutor()
    /// Keeps blocking calls off the cooperative pool.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The folder of the mirror.
    public nonisolated let path: String
    var remote: GitRemote

    /// Names a mirror; nothing is opened or created yet.
    public init(path: String, remote: GitRemote) {
        self.path = path
        self.remote = remote
    }

    /// Replaces the address or the credentials for later fetches.
    public func setRemote(_ remote: GitRemote) {
        self.remote = remote
    }
}
