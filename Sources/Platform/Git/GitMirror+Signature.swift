import CLibgit2

/// What a commit's author signed.
public struct CommitSignature: Sendable, Hashable {
    /// The signature as it stands in the commit's `gpgsig` header, at most 64 KiB of it.
    public let signature: [UInt8]
    /// The commit without that header: the bytes that were signed.
    public let content: [UInt8]
}

extension GitMirror {
    private static let longestSignature = 64 << 10
    private static let longestContent = 16 << 20

    /// The signature of a commit and what it is about; nil when the commit carries none. It is not verified here.
    public func signature(of commit: String) throws(GitError) -> CommitSignature? {
        try reading { repository throws(GitError) in
            // Tells a commit that is missing from one that is not signed.
            try repository.withCommit(commit) { _ throws(GitError) in }
            var id = try ObjectID.parse(commit)
            var signature = git_buf()
            var content = git_buf()
            defer {
                git_buf_dispose(&signature)
                git_buf_dispose(&content)
            }
            let code = git_commit_extract_signature(&signature, &content, repository.pointer, &id, nil)
            if code == GIT_ENOTFOUND.rawValue {
                git_error_clear()
                return nil
            }
            try LibGit2.check(code, "cannot read the signature of \(commit)")
            guard signature.size <= Self.longestSignature, content.size <= Self.longestContent else {
                throw GitError(.invalid, "the commit \(commit) is too large to be verified")
            }
            return CommitSignature(signature: Self.bytes(signature), content: Self.bytes(content))
        }
    }

    private static func bytes(_ buffer: git_buf) -> [UInt8] {
        guard let pointer = buffer.ptr else { return [] }
        return Array(UnsafeRawBufferPointer(start: pointer, count: buffer.size))
    }
}
