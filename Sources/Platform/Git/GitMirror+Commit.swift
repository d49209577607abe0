import CLibgit2
import FoundationEssentials
import Glibc

extension GitMirror {
    /// What a commit says.
    public func commit(_ id: String) throws(GitError) -> GitCommit {
        try reading { repository throws(GitError) in
            try repository.withCommit(id) { commit throws(GitError) in Self.words(of: commit, id, limit: 1 << 20) }
        }
    }

    /// - Parameter limit: bytes of the message; the rest is left out.
    static func words(of commit: OpaquePointer?, _ id: String, limit: Int) -> GitCommit {
        let encoding = git_commit_message_encoding(commit).map { String(cString: $0) }
        return GitCommit(
            id: id,
            tree: ObjectID.hex(git_commit_tree_id(commit)),
            parents: (0..<git_commit_parentcount(commit)).map { ObjectID.hex(git_commit_parent_id(commit, $0)) },
            author: signature(git_commit_author(commit), encoding),
            committer: signature(git_commit_committer(commit), encoding),
            message: text(git_commit_message(commit), encoding, limit: limit))
    }

    private static func signature(_ signature: UnsafePointer<git_signature>?, _ encoding: String?) -> GitSignature {
        let when = signature?.pointee.when
        return GitSignature(
            name: text(signature?.pointee.name, encoding, limit: 1024),
            email: text(signature?.pointee.email, encoding, limit: 1024),
            date: Date(timeIntervalSince1970: Double(when?.time ?? 0)), offsetMinutes: Int(when?.offset ?? 0))
    }

    /// Git does not check what it is given, so text that is not UTF-8 is read as Latin-1 when it says so.
    private static func text(_ pointer: UnsafePointer<CChar>?, _ encoding: String?, limit: Int) -> String {
        guard let pointer else { return "" }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: min(strlen(pointer), limit))
        let name = encoding?.lowercased() ?? "utf-8"
        if ["iso-8859-1", "iso8859-1", "latin1", "latin-1"].contains(name) {
            return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
