import CLibgit2
import FoundationEssentials
import Synchronization

extension Transfer {
    /// Turns the outcome of a call that talked to the remote into an error.
    func check(_ code: Int32, _ stage: Stage) throws(GitError) {
        guard code < 0 else { return }
        let failure = LibGit2.Failure(code: code)
        if let noted = state.withLock(\.failure) { throw noted }
        let (kind, words) = meaning(of: failure, stage)
        throw GitError(kind, "\(address.url): \(redact(words ?? failure.message))")
    }

    private func meaning(of failure: LibGit2.Failure, _ stage: Stage) -> (GitError.Kind, String?) {
        if address.scheme == .file, stage == .connecting {
            // libgit2 takes what is no folder for a URL whose protocol it does not know.
            return failure.message == "unsupported URL protocol"
                ? (.notFound, "there is no such folder")
                : (.notFound, "there is no git repository (\(failure.message))")
        }
        switch failure.code {
        case GIT_EAUTH.rawValue: return (.authentication, nil)
        case GIT_ECERTIFICATE.rawValue: return (.hostKey, nil)
        default: break
        }
        let message = failure.message
        if let status = Self.status(in: message) { return Self.meaning(ofStatus: status) }
        if message.hasPrefix("cannot redirect") || message.hasPrefix("unexpected redirect") {
            return (.invalid, "the server sends us elsewhere (\(message)); configure the new address")
        }
        if message.hasPrefix("invalid content-type") {
            return (.notFound, "the server answers, but there is no git repository at this address")
        }
        let words = message.lowercased()
        if failure.isOf(GIT_ERROR_SSH) {
            if words.contains("not found") || words.contains("not appear to be a git") || words.contains("not exist") {
                return (.notFound, nil)
            }
            return words.contains("authenticat") || words.contains("denied") || words.contains("private key")
                ? (.authentication, nil) : (.unreachable, nil)
        }
        if failure.isOf(GIT_ERROR_NET, GIT_ERROR_HTTP, GIT_ERROR_SSL) { return (.unreachable, nil) }
        switch stage {
        case .connecting:
            return (failure.code == GIT_ENOTFOUND.rawValue ? .notFound : .other, nil)
        case .storing:
            let kind = LibGit2.kind(of: failure)
            return (kind == .notFound || kind == .invalid ? .corrupt : kind, nil)
        }
    }

    private static func status(in message: String) -> Int? {
        let prefix = "unexpected http status code: "
        return message.hasPrefix(prefix) ? Int(message.dropFirst(prefix.count)) : nil
    }

    private static func meaning(ofStatus status: Int) -> (GitError.Kind, String) {
        switch status {
        case 401, 403: (.authentication, "the server refuses access (HTTP \(status))")
        case 404, 410: (.notFound, "there is no such repository, or it may not be seen (HTTP \(status))")
        default: (.unreachable, "the server answered HTTP \(status)")
        }
    }

    /// A server may repeat what it was sent.
    private func redact(_ text: String) -> String {
        switch remote.credentials {
        case .none, .ssh, .renewed: text
        case .basic(let user, let password):
            [password.value, Data("\(user):\(password.value)".utf8).base64EncodedString()]
                .reduce(text) { $1.isEmpty ? $0 : $0.replacing($1, with: "<redacted>") }
        }
    }
}
