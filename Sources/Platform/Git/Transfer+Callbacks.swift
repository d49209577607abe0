import CLibgit2
import Synchronization

extension Transfer {
    /// What libgit2 calls back while it talks. They get the transfer unretained: it lives until `run` returns.
    func callbacks() -> git_remote_callbacks {
        var callbacks = git_remote_callbacks()
        git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = { out, _, _, allowed, payload in
            Transfer.from(payload)?.credential(out, allowed) ?? GIT_EUSER.rawValue
        }
        callbacks.certificate_check = { certificate, valid, host, payload in
            Transfer.from(payload)?.certificate(certificate, valid != 0, host) ?? GIT_EUSER.rawValue
        }
        callbacks.sideband_progress = { _, _, payload in
            Transfer.from(payload)?.sign() ?? GIT_EUSER.rawValue
        }
        callbacks.transfer_progress = { stats, payload in
            Transfer.from(payload)?.report(stats) ?? GIT_EUSER.rawValue
        }
        callbacks.update_tips = { _, _, _, payload in
            Transfer.from(payload)?.state.withLock { $0.changedReferences += 1 }
            return 0
        }
        return callbacks
    }

    /// Redirects are followed on the same host only (that is what "none" means to libgit2), so that a token is not
    /// carried elsewhere. A proxy is taken from the environment.
    func connectOptions() -> git_remote_connect_options {
        var options = git_remote_connect_options()
        git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        options.callbacks = callbacks()
        options.proxy_opts.type = GIT_PROXY_AUTO
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        return options
    }

    /// The same for a download. Nothing is written about the remote: no `FETCH_HEAD`, no configuration.
    func fetchOptions() -> git_fetch_options {
        var options = git_fetch_options()
        git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        options.callbacks = callbacks()
        options.proxy_opts.type = GIT_PROXY_AUTO
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.update_fetchhead = 0
        return options
    }

    private static func from(_ payload: UnsafeMutableRawPointer?) -> Transfer? {
        payload.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func sign() -> Int32 {
        touch()
        return isStopped ? GIT_EUSER.rawValue : 0
    }

    private func report(_ stats: UnsafePointer<git_indexer_progress>?) -> Int32 {
        guard let stats = stats?.pointee, let progress else { return sign() }
        let isLast = stats.indexed_objects == stats.total_objects && stats.indexed_deltas == stats.total_deltas
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            guard isLast || state.lastReport.map({ now - $0 >= .milliseconds(100) }) ?? true else { return false }
            state.lastReport = now
            return true
        }
        if isDue {
            progress(
                GitProgress(
                    totalObjects: Int(stats.total_objects), receivedObjects: Int(stats.received_objects),
                    indexedObjects: Int(stats.indexed_objects), receivedBytes: Int64(stats.received_bytes)))
        }
        return sign()
    }
}
