extension Permissions {
    /// The lines of `permissions:` in a project's file, everybody by name.
    var yaml: [String] {
        var lines: [String] = []
        if authoritative { lines.append("  authoritative: true") }
        for (key, levels) in [("collaborators", collaborators), ("teams", teams)] where !levels.isEmpty {
            lines.append("  \(key):")
            lines += levels.sorted { ($0.key.lowercased(), $0.key) < ($1.key.lowercased(), $1.key) }.map {
                "    \(YAMLText.scalar($0.key)): \($0.value.rawValue)"
            }
        }
        return lines.isEmpty ? ["permissions: {}"] : ["permissions:"] + lines
    }
}
