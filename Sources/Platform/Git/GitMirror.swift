import FoundationEssentials
import Logging
import Synchronization
import ThreadPool

/// A bare copy of a remote repository on this disk, and everything that is read from it.
///
/// The folder belongs to one mirror in one process. It is created by the first `fetch`, and made anew from the remote
/// when it turns out to be damaged, by a fetch as well as by a lookup. Calls run one after the other on threads that may
/// block; a lookup waits for a running fetch. No pointer of libgit2 outlives the call that made it.
public actor GitMirror {
    /// Branches, tags and the heads of pull requests.
    public static let defaultRefspecs = [
        "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", "+refs/pull/*/head:refs/pull/*/head",
    ]

    private let executor = SerialLane()
    /// Where libgit2 may block.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The folder of the mirror.
    public nonisolated let path: String
    /// Somebody else's repository, which is only looked at.
    nonisolated let isReadOnly: Bool
    private let logger: Logger
    var remote: GitRemote
    /// With the credentials of the last conversation, for a repair, which cannot wait for others.
    var lastSignedIn: GitRemote?
    /// What a repair has to bring back.
    var refspecs = GitMirror.defaultRefspecs
    /// When a lookup last made the mirror anew: what a fresh clone lacks, another one would lack too.
    var lastRepair: ContinuousClock.Instant?
    private var isTidy = false
    /// Commits that were seen here. They stay: nothing is removed from a mirror, unless it is made anew.
    private nonisolated let seen = Mutex<Set<String>>([])
    /// So many are remembered.
    private static let mostSeen = 1000

    /// Names a mirror; nothing is opened or created yet.
    public init(path: String, remote: GitRemote, logger: Logger = Logger(label: "kozmic.git")) {
        _ = LibGit2.started
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        self.remote = remote
        self.logger = logger
        isReadOnly = false
    }

    /// Names somebody else's repository, such as a user's clone: its work tree (a linked one too) or the bare repository
    /// itself. It is only read: never fetched into, tidied or repaired; damage is an error.
    public init(readingFrom path: String, logger: Logger = Logger(label: "kozmic.git")) {
        _ = LibGit2.started
        self.path = path
        self.logger = logger
        remote = GitRemote(url: path)
        isReadOnly = true
    }

    /// Somebody else's repository that a folder is in: looked for in the folders above it too, as git does. The mirror's
    /// path is that of the work tree, or of the bare repository.
    ///
    /// - Throws: `GitError`, of the kind `notFound` when there is none.
    public static func around(_ folder: String) throws(GitError) -> GitMirror {
        _ = LibGit2.started
        return GitMirror(
            readingFrom: try BareRepository.look(at: folder, searching: true) { repository throws(GitError) in
                repository.root
            })
    }

    /// Replaces the address or the credentials for later fetches.
    public func setRemote(_ remote: GitRemote) {
        self.remote = remote
        lastSignedIn = nil
    }

    /// Whether the commit is known to be here, by an earlier lookup. Answers at once: a running fetch is not waited for.
    public nonisolated func remembers(commit: String) -> Bool {
        seen.withLock { $0.contains(commit) } && FileManager.default.fileExists(atPath: path)
    }

    /// Remembers a commit that was looked up.
    func note(commit: String) {
        seen.withLock { seen in
            if seen.count >= Self.mostSeen { seen = [] }
            seen.insert(commit)
        }
    }

    /// The mirror is made anew.
    func forgetCommits() { seen.withLock { $0 = [] } }

    /// Whether something stands at the mirror's path.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Removes, once, what an earlier process may have left when it was killed: half clones beside the mirror, half
    /// packs, and locks that would stop every later fetch.
    func tidyOnce() {
        guard !isTidy, !isReadOnly else { return }
        isTidy = true
        let files = FileManager.default
        let folder = path.parentFolder
        let name = path.lastName
        for sibling in (try? files.contentsOfDirectory(atPath: folder)) ?? []
        where sibling.hasPrefix("\(name).incoming-") || sibling.hasPrefix("\(name).outgoing-") {
            try? files.removeItem(atPath: "\(folder)/\(sibling)")
        }
        for pack in (try? files.contentsOfDirectory(atPath: "\(path)/objects/pack")) ?? []
        where pack.hasPrefix("pack_") {
            try? files.removeItem(atPath: "\(path)/objects/pack/\(pack)")
        }
        for lock in ["HEAD.lock", "config.lock", "packed-refs.lock"] {
            try? files.removeItem(atPath: "\(path)/\(lock)")
        }
        for file in (try? files.subpathsOfDirectory(atPath: "\(path)/refs")) ?? [] where file.hasSuffix(".lock") {
            try? files.removeItem(atPath: "\(path)/refs/\(file)")
        }
    }

    /// Tells an operator what was done about a problem that is no error to the caller.
    func warn(_ message: String, because error: GitError) {
        logger.warning("\(message)", metadata: ["path": "\(path)", "reason": "\(error)"])
    }
}

extension String {
    /// The folder that holds this path.
    var parentFolder: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// The part after the last slash.
    var lastName: String {
        lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
    }
}
