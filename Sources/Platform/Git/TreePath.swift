/// Paths as callers write them.
enum TreePath {
    /// The names on the way from the root; none for `.`. Absolute paths and `..` are refused.
    static func parse(_ path: String) throws(GitError) -> [String] {
        guard !path.isEmpty, path.utf8.count <= 4096, !path.utf8.contains(0), !path.hasPrefix("/") else {
            throw GitError(.invalid, "a path is relative to the root of the repository and has 1 to 4096 bytes")
        }
        let names = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        guard !names.contains("..") else { throw GitError(.invalid, "a path may not hold ..: \(path)") }
        return names
    }

    static func join(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
        folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
    }

    /// For messages: text, without what would disturb a terminal or a log.
    static func text(_ path: [UInt8]) -> String {
        String(decoding: path.prefix(300), as: UTF8.self).map {
            $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? String($0) : "?"
        }.joined()
    }
}
