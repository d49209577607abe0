import CLibgit2
import FoundationEssentials
import Synchronization

extension Transfer {
    /// Answers a request for credentials. libgit2 asks again for as long as the server refuses, so a second request is
    /// the refusal of the first answer.
    func credential(_ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, _ allowed: UInt32) -> Int32 {
        touch()
        if isStopped { return GIT_EUSER.rawValue }
        if allowed & GIT_CREDENTIAL_USERNAME.rawValue != 0 {
            return git_credential_username_new(out, user)
        }
        let attempt = state.withLock { state in
            state.attempts += 1
            return state.attempts
        }
        switch remote.credentials {
        case .none, .renewed:
            return refuse("\(address.url) asks for credentials, and none are configured")
        case .basic(let user, let password):
            guard attempt == 1 else { return refuse("\(address.url) refuses the user name and password or token") }
            guard allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0 else {
                return refuse("\(address.url) accepts no user name and password")
            }
            return git_credential_userpass_plaintext_new(out, user, password.value)
        case .ssh(_, let privateKey, _):
            guard attempt == 1 else { return refuse("\(address.url) refuses the SSH key for the user \(user)") }
            guard allowed & GIT_CREDENTIAL_SSH_MEMORY.rawValue != 0 else {
                return refuse("\(address.url) accepts no SSH keys")
            }
            return git_credential_ssh_key_memory_new(out, user, nil, privateKey.value, nil)
        }
    }

    /// The SSH user: libgit2 insists on the one in the address.
    private var user: String {
        if let user = address.user { return user }
        if case .ssh(let user, _, _) = remote.credentials { return user }
        return "git"
    }

    private func refuse(_ words: String) -> Int32 {
        fail(GitError(.authentication, words))
        return GIT_EAUTH.rawValue
    }

    /// Decides about the server's certificate or host key. libgit2's own opinion counts for TLS only: for SSH it would
    /// consult the `known_hosts` of the account that we run under.
    func certificate(
        _ certificate: UnsafeMutablePointer<git_cert>?, _ isValid: Bool, _ host: UnsafePointer<CChar>?
    ) -> Int32 {
        touch()
        if isStopped { return GIT_EUSER.rawValue }
        guard let certificate else { return GIT_ECERTIFICATE.rawValue }
        guard certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
            if isValid { return 0 }
            let name = host.map { String(cString: $0) } ?? address.host
            fail(GitError(.hostKey, "\(address.url): no trusted authority vouches for the certificate of \(name)"))
            return GIT_ECERTIFICATE.rawValue
        }
        return UnsafeMutableRawPointer(certificate).withMemoryRebound(to: git_cert_hostkey.self, capacity: 1) {
            hostKey($0.pointee)
        }
    }

    private func hostKey(_ certificate: git_cert_hostkey) -> Int32 {
        guard case .ssh(_, _, let knownHosts) = remote.credentials else {
            fail(GitError(.hostKey, "\(address.url) needs an SSH key and the server's line of known_hosts"))
            return GIT_ECERTIFICATE.rawValue
        }
        guard certificate.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let bytes = certificate.hostkey else {
            return GIT_ECERTIFICATE.rawValue
        }
        let key = [UInt8](UnsafeRawBufferPointer(start: bytes, count: certificate.hostkey_len))
        let fingerprint = withUnsafeBytes(of: certificate.hash_sha256) {
            "SHA256:" + Data($0).base64EncodedString().trimmingSuffix { $0 == "=" }
        }
        let name = KnownHosts.name(host: address.host, port: address.port)
        let type = KnownHosts.type(of: key)
        let line = "\(name) \(type) \(Data(key).base64EncodedString())"
        let found = "\(name) shows the \(type) key \(fingerprint)"
        let words: String
        switch KnownHosts(knownHosts).check(host: address.host, port: address.port, key: key) {
        case .trusted: return 0
        case .revoked: words = "\(found), which the known hosts mark as revoked"
        case .changed: words = "\(found), but the known hosts list another one: someone may be in between"
        case .otherTypes(let types):
            words =
                "\(found), but the known hosts list only \(types.joined(separator: ", ")) for it; "
                + "when the fingerprint is right, add the line: \(line)"
        case .unknown:
            words = "\(found) and is not in the known hosts; when the fingerprint is right, add the line: \(line)"
        }
        fail(GitError(.hostKey, words))
        return GIT_ECERTIFICATE.rawValue
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        self[..<(lastIndex { !predicate($0) }.map { index(after: $0) } ?? startIndex)]
    }
}
