import Model

extension DriftDifference {
    /// The part of a project file that makes what was found on GitHub the declared state; `nil` when no key of a project
    /// file says such things.
    ///
    /// - Parameter differences: open ones of one project.
    public static func adoption(of differences: [DriftDifference]) -> String? {
        let parts = [("collaborator", "collaborators"), ("invitation", "collaborators"), ("team", "teams")]
        var lines: [String: [String]] = [:]
        for difference in differences where difference.field == "permission" {
            for (kind, key) in parts where difference.object.hasPrefix("\(kind) ") {
                let name = String(difference.object.dropFirst(kind.count + 1))
                guard let line = difference.line(name) else { continue }
                lines[key, default: []].append(line)
            }
        }
        guard !lines.isEmpty else { return nil }
        let mappings = lines.sorted { $0.key < $1.key }.map { key, lines in
            "  \(key):\n" + lines.sorted().map { "    \($0)\n" }.joined()
        }
        return "permissions:\n" + mappings.joined()
    }

    private func line(_ name: String) -> String? {
        // Names and levels are GitHub's; nothing else may get into a text that people paste.
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-_.".utf8.contains(byte)
            }
        guard isName else { return nil }
        guard !new.isEmpty else { return "# remove the line of \(name)" }
        guard let level = PermissionLevel(rawValue: new) else { return nil }
        let isWord = name.first?.isLetter == true
        return "\(isWord ? name : "'\(name)'"): \(level.rawValue)"
    }
}
