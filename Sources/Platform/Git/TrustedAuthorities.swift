import CLibgit2
import Glibc
import Synchronization

/// The certificate authorities for `https`. libgit2 has one set for the whole process and frees the old one when a new
/// one is given, so the set changes only while no transfer uses it.
enum TrustedAuthorities {
    private struct State {
        var file: String?
        var users = 0
    }

    private static let state = Mutex(State())

    /// Begins a use of a file of authorities, nil for the system's. Waits for other files to fall out of use; what
    /// `checkpoint` throws ends the wait.
    static func enter(_ file: String?, checkpoint: () throws(GitError) -> Void) throws(GitError) {
        // The path to the system's authorities is compiled into libgit2, which ignores this variable.
        let wanted = file ?? getenv("SSL_CERT_FILE").map { String(cString: $0) }
        while try !attempt(wanted) {
            try checkpoint()
            usleep(20_000)
        }
    }

    private static func attempt(_ file: String?) throws(GitError) -> Bool {
        try state.withLock { state throws(GitError) -> Bool in
            if state.file != file {
                if state.users > 0 { return false }
                try load(file)
                state.file = file
            }
            state.users += 1
            return true
        }
    }

    /// Ends a use.
    static func leave() {
        state.withLock { $0.users -= 1 }
    }

    private static func load(_ file: String?) throws(GitError) {
        let bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
        let path = file ?? bundles.first { access($0, R_OK) == 0 }
        guard let path, git_shim_set_certificates(path, nil) >= 0 else {
            throw GitError(.invalid, "cannot read certificate authorities from \(path ?? bundles[0])")
        }
    }
}
