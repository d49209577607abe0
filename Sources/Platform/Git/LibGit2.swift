import CLibgit2
import Glibc

/// The library as a whole: started once, and cut off from the host's own git configuration.
enum LibGit2 {
    /// Touch this before any other call.
    static let started: Void = {
        // libgit2 looks for ~/.ssh/known_hosts and refuses every SSH connection when HOME is not set, as under systemd.
        // What it finds there is not trusted: see `Transfer.certificate`.
        setenv("HOME", "/nonexistent", 0)
        git_libgit2_init()
        let levels = [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
        ]
        for level in levels {
            git_shim_set_search_path(level.rawValue, "")
        }
        // The mirrors are ours whoever owns the files: a volume of a container may belong to another user.
        git_shim_set_owner_validation(0)
        git_shim_set_user_agent("Kozmic")
        // No more than a hostile server may make us keep in memory: 100 million objects, 2 GiB each.
        git_shim_set_pack_limits(100_000_000, 2 << 30)
        SocketStream.register()
    }()

    /// What a failed call left behind. Must be read on the thread of the call before anything else runs there, because
    /// the library keeps one last error per thread.
    struct Failure {
        let code: Int32
        let category: UInt32
        let message: String

        init(code: Int32) {
            self.code = code
            if let last = git_error_last() {
                category = UInt32(bitPattern: last.pointee.klass)
                message = last.pointee.message.map { String(cString: $0) } ?? "no message"
            } else {
                category = GIT_ERROR_NONE.rawValue
                message = "libgit2 gave the code \(code)"
            }
            git_error_clear()
        }

        func isOf(_ categories: git_error_t...) -> Bool {
            categories.contains { $0.rawValue == category }
        }
    }

    /// Turns the outcome of a call on a repository of ours into an error. Calls that talk to a remote go through
    /// `Transfer.check`.
    static func check(_ code: Int32, _ doing: @autoclosure () -> String) throws(GitError) {
        guard code < 0 else { return }
        let failure = Failure(code: code)
        throw GitError(kind(of: failure), "\(doing()): \(failure.message)")
    }

    /// What a failure on a local repository means.
    static func kind(of failure: Failure) -> GitError.Kind {
        switch failure.code {
        case GIT_ENOTFOUND.rawValue: return .notFound
        case GIT_EINVALIDSPEC.rawValue, GIT_EAMBIGUOUS.rawValue, GIT_EPEEL.rawValue: return .invalid
        case GIT_EMISMATCH.rawValue: return .corrupt
        case GIT_EUSER.rawValue: return .cancelled
        default: break
        }
        // A pack that does not fit its index is reported as an error of the operating system.
        if failure.message.hasPrefix("invalid packfile") { return .corrupt }
        // An object that was read has the content its id promises; when it cannot be parsed, it was made like that.
        if failure.isOf(GIT_ERROR_OBJECT, GIT_ERROR_TREE, GIT_ERROR_TAG, GIT_ERROR_INDEX) { return .invalid }
        if failure.isOf(
            GIT_ERROR_ODB, GIT_ERROR_ZLIB, GIT_ERROR_REFERENCE, GIT_ERROR_CONFIG, GIT_ERROR_REPOSITORY,
            GIT_ERROR_INDEXER)
        {
            return .corrupt
        }
        return .other
    }

    /// Ends work that nobody waits for any more.
    static func checkCancellation() throws(GitError) {
        if Task.isCancelled { throw GitError(.cancelled, "cancelled") }
    }
}
