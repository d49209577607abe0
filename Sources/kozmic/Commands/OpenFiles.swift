import Glibc

/// How many files and connections the process may have.
enum OpenFiles {
    /// As many as the system lets it have: many systems begin with 1,024, which a few hundred open pages and logs reach.
    static func raiseLimit() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
