/// The lines of a project's file with which a difference that nobody asked for becomes what is declared.
public struct Adoption: Sendable, Hashable {
    /// A difference between what is declared and what GitHub has.
    public struct Difference: Sendable, Hashable {
        /// Such as `webhook tests` or `collaborator alice`.
        public var object: String
        /// Such as `events` or `permission`.
        public var field: String
        /// As it is declared; empty when it is not.
        public var declared: String
        /// As GitHub has it; empty when it is gone.
        public var found: String

        /// Memberwise.
        public init(object: String, field: String, declared: String, found: String) {
            self.object = object
            self.field = field
            self.declared = declared
            self.found = found
        }
    }

    /// The project as it would be declared.
    public private(set) var project: Project
    /// Differences that no declaration can express, a sentence each.
    public private(set) var notes: [String] = []

    private let declared: Project
    private var changedHooks: Set<HookID> = []

    /// - Parameters:
    ///   - project: as it is declared now.
    ///   - differences: those to adopt.
    public init(_ project: Project, _ differences: [Difference]) {
        self.project = project
        declared = project
        // An invitation that is too old to be accepted is found beside a collaborator who is gone: gone is the answer.
        let ordered =
            differences.filter { $0.object.hasPrefix("invitation ") }
            + differences.filter { !$0.object.hasPrefix("invitation ") }
        for difference in ordered { adopt(difference) }
        var seen: Set<String> = []
        notes = notes.filter { seen.insert($0).inserted }
    }

    /// Whether there is anything to say.
    public var isEmpty: Bool { project == declared && notes.isEmpty }

    /// The lines, with comments; they take the place of the keys of the same names in the file.
    public var text: String {
        var lines: [String] = []
        if project != declared {
            lines.append(
                YAMLText.comment(
                    "In \(project.file): with these keys, what GitHub has for \(project.repository) is declared."))
        }
        if project.permissions != declared.permissions { lines += project.permissions.yaml }
        if project.deployKey != declared.deployKey { lines.append("deploy_key: \(project.deployKey.rawValue)") }
        let hooks = project.hooks.filter { changedHooks.contains($0.id) }
        if !hooks.isEmpty { lines.append("hooks:") }
        for hook in hooks { lines += ["  \(YAMLText.scalar("\(hook.id)")):"] + hook.triggers.yaml }
        lines += notes.map(YAMLText.comment)
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    private mutating func adopt(_ difference: Difference) {
        let words = difference.object.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return note(difference) }
        switch words[0] {
        case "collaborator", "invitation": setLevel(\.permissions.collaborators, words[1], difference)
        case "team": setLevel(\.permissions.teams, words[1], difference)
        case "deploy":
            if difference.found.isEmpty { project.deployKey = .never } else { note(difference) }
        case "webhook": adoptWebhook(words[1], difference)
        default: note(difference)
        }
    }

    private mutating func setLevel(
        _ levels: WritableKeyPath<Project, [String: PermissionLevel]>, _ name: String, _ difference: Difference
    ) {
        let level = PermissionLevel(rawValue: difference.found)
        guard RepositoryName("\(name)/x") != nil || levels == \.permissions.teams,
            level != nil || difference.found.isEmpty
        else { return note(difference) }
        // Names in any letters are one.
        let known = project[keyPath: levels].keys.first { $0.lowercased() == name.lowercased() }
        project[keyPath: levels][known ?? name] = level
    }

    private mutating func adoptWebhook(_ name: String, _ difference: Difference) {
        guard let index = project.hooks.firstIndex(where: { "\($0.id)" == name }) else { return note(difference) }
        // What tells of roles is asked for in any case, by one hook of a project.
        let found = Set(difference.found.split(separator: ",").map { String($0.drop { $0 == " " }) })
            .subtracting(["member", "public", "repository", "team_add"])
        guard difference.field == "events", !found.isEmpty, found.isSubset(of: ["push", "pull_request", "merge_group"])
        else {
            if difference.found.isEmpty {
                notes.append(
                    "The webhook of \(name) is gone from GitHub: remove the hook \(name) from \(project.file).")
                return
            }
            return note(difference)
        }
        var triggers = project.hooks[index].triggers
        triggers.push = found.contains("push") ? triggers.push ?? Triggers.Push() : nil
        triggers.pullRequest = found.contains("pull_request") ? triggers.pullRequest ?? Triggers.PullRequest() : nil
        triggers.mergeGroup = found.contains("merge_group") ? triggers.mergeGroup ?? Triggers.MergeGroup() : nil
        guard triggers != project.hooks[index].triggers else { return note(difference) }
        project.hooks[index].triggers = triggers
        changedHooks.insert(project.hooks[index].id)
    }

    private mutating func note(_ difference: Difference) {
        notes.append(
            "\(difference.object): \(difference.field) \(difference.found) cannot be declared; change it on GitHub.")
    }
}

extension Triggers {
    /// The lines of `on:` below a hook.
    fileprivate var yaml: [String] {
        func list(_ globs: [String]) -> String { "[\(globs.map(YAMLText.scalar).joined(separator: ", "))]" }
        var lines = ["    on:"]
        if let push { lines.append("      push: {branches: \(list(push.branches)), tags: \(list(push.tags))}") }
        if let pullRequest { lines.append("      pull_request: {branches: \(list(pullRequest.branches))}") }
        if let mergeGroup { lines.append("      merge_group: {branches: \(list(mergeGroup.branches))}") }
        if let schedule { lines.append("      schedule: \(YAMLText.scalar(schedule))") }
        return lines
    }
}
