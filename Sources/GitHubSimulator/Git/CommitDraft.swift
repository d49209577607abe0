import Foundation

/// One file of a commit that is to be made; no content removes it.
struct FileEdit: Sendable {
    let path: String
    let content: [UInt8]?
    let mode: String

    /// `nil` unless git would take the path: relative, without empty, `.`, `..` and `.git` parts and control characters.
    init?(path: String, content: [UInt8]?, mode: String = "100644") {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard ["100644", "100755", "120000"].contains(mode), !path.hasPrefix("\""),
            !path.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }),
            parts.allSatisfy({ !["", ".", ".."].contains($0) && $0.lowercased() != ".git" })
        else { return nil }
        self.path = path
        self.content = content
        self.mode = mode
    }
}

/// A commit that is to be made on a branch.
struct CommitDraft: Sendable {
    let branch: String
    let parent: String?
    let message: String
    let authorName: String
    let authorEmail: String
    let date: Date
    let files: [FileEdit]
}

extension GitRunner {
    /// Makes the commit and moves the branch to it, in one git process. Answers the commit's id.
    func commit(_ draft: CommitDraft, in repository: Int64) async throws -> String {
        let signature = "\(draft.authorName) <\(draft.authorEmail)> \(Int(draft.date.timeIntervalSince1970)) +0000"
        var script = Array("commit refs/heads/\(draft.branch)\nmark :1\n".utf8)
        script += Array("author \(signature)\ncommitter \(signature)\n".utf8)
        script += Self.data(Array(draft.message.utf8))
        if let parent = draft.parent { script += Array("from \(parent)\n".utf8) }
        for file in draft.files {
            if let content = file.content {
                script += Array("M \(file.mode) inline \(file.path)\n".utf8) + Self.data(content)
            } else {
                script += Array("D \(file.path)\n".utf8)
            }
        }
        script += Array("\nget-mark :1\ndone\n".utf8)
        return try await line(["fast-import", "--quiet", "--done", "--force"], in: repository, input: script)
    }

    private static func data(_ bytes: [UInt8]) -> [UInt8] {
        Array("data \(bytes.count)\n".utf8) + bytes + Array("\n".utf8)
    }

    /// Merges a commit into a branch's tip and answers the merge commit; no branch moves. Throws on a conflict.
    func merge(_ head: String, into base: String, message: String, in repository: Int64) async throws -> String {
        let tree = try await line(["merge-tree", "--write-tree", base, head], in: repository)
        return try await line(
            ["commit-tree", tree, "-p", base, "-p", head, "-F", "-"], in: repository, input: Array(message.utf8))
    }
}
