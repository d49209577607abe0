/// What one project declares, as far as GitHub has to know of it, and the file that says so.
struct SoakProject: Equatable {
    var name: String
    /// Each hook's events.
    var hooks: [String: [String]]
    var collaborators: [String: String] = [:]
    var teams: [String: String] = [:]
    var isAuthoritative = false
    var deployKey = "auto"
    /// Changes the file, and nothing on GitHub.
    var note = 0

    var repository: String { "guild/\(name)" }

    /// Everybody who is declared.
    var people: Set<String> { Set(collaborators.keys).union(teams.keys.map { "team \($0)" }) }

    var yaml: String {
        var lines = ["repository: \(repository)", "deploy_key: \(deployKey)", "permissions:"]
        lines.append("  authoritative: \(isAuthoritative)")
        for (title, levels) in [("collaborators", collaborators), ("teams", teams)] where !levels.isEmpty {
            let entries = levels.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            lines.append("  \(title): {\(entries.joined(separator: ", "))}")
        }
        lines.append("hooks:")
        for (hook, events) in hooks.sorted(by: { $0.key < $1.key }) {
            let triggers = events.map { "\($0): {branches: ['**']}" }.joined(separator: ", ")
            lines += [
                "  \(hook):", "    on: {\(triggers)}", "    image: debian", "    env: {NOTE: '\(note)'}",
                "    build_script: '#!/bin/sh'",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A file of the admin repository, perhaps with a mistake in it.
struct SoakFile: Equatable {
    enum Mistake: CaseIterable {
        /// The file names its project, and has an error elsewhere.
        case key
        /// Nobody can say which project it is about.
        case syntax
    }

    var project: SoakProject
    var mistake: Mistake?

    var text: String {
        switch mistake {
        case nil: project.yaml
        case .key: project.yaml + "no_such_key: 1\n"
        case .syntax: "repository: [guild/\n" + project.yaml
        }
    }
}
