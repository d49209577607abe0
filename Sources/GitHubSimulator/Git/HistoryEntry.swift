import Foundation

/// A commit as webhooks describe it.
struct HistoryEntry: Sendable {
    let id: String
    let tree: String
    let authorName: String
    let authorEmail: String
    let authorDate: String
    let committerName: String
    let committerEmail: String
    let committerDate: String
    let message: String
    var added: [String] = []
    var removed: [String] = []
    var modified: [String] = []
}

extension GitRunner {
    /// GitHub names no more commits than this in one push.
    static let historyLimit = 2048

    /// The commits of a revision range, oldest first, each compared with its first parent.
    func history(_ range: [String], limit: Int = GitRunner.historyLimit, in repository: Int64) async throws
        -> [HistoryEntry]
    {
        let format = "%x01%H%x00%T%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00"
        let output = try await run(
            [
                "log", "--reverse", "-z", "--format=\(format)", "--name-status", "--no-renames",
                "--diff-merges=first-parent", "--max-count=\(limit)",
            ] + range + ["--"], in: repository)
        return Self.entries(output)
    }

    /// Reads the fields, and the pairs of status and path, that are separated by zero bytes.
    static func entries(_ output: [UInt8]) -> [HistoryEntry] {
        let tokens = output.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0.drop { $0 == 10 }, as: UTF8.self) }
        var entries: [HistoryEntry] = []
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if token.hasPrefix("\u{1}"), index + 8 < tokens.count {
                let message = tokens[index + 8]
                let end = message.lastIndex { $0 != "\n" }.map(message.index(after:)) ?? message.startIndex
                entries.append(
                    HistoryEntry(
                        id: String(token.dropFirst()), tree: tokens[index + 1], authorName: tokens[index + 2],
                        authorEmail: tokens[index + 3], authorDate: tokens[index + 4],
                        committerName: tokens[index + 5], committerEmail: tokens[index + 6],
                        committerDate: tokens[index + 7], message: String(message[..<end])))
                index += 9
            } else if token.isEmpty || entries.isEmpty || index + 1 >= tokens.count {
                index += 1
            } else {
                let path = tokens[index + 1]
                switch token {
                case "A": entries[entries.count - 1].added.append(path)
                case "D": entries[entries.count - 1].removed.append(path)
                default: entries[entries.count - 1].modified.append(path)
                }
                index += 2
            }
        }
        return entries
    }

    func isAncestor(_ older: String, of newer: String, in repository: Int64) async -> Bool {
        (try? await run(["merge-base", "--is-ancestor", older, newer], in: repository)) != nil
    }

    func count(_ range: [String], in repository: Int64) async throws -> Int {
        Int(try await line(["rev-list", "--count"] + range + ["--"], in: repository)) ?? 0
    }
}
