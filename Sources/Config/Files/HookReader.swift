import Model
import YAML

/// Reads one hook.
struct HookReader {
    var context: ProjectContext
    /// What the project says, defaults applied.
    var settings: HookSettings

    /// - Returns: the hook, with empty texts for what is missing and reported; `nil` when it is no mapping.
    func read(_ entry: YAMLNode.Entry, id: HookID, _ findings: Findings) -> Hook? {
        let name = "the hook \(quoted(entry.name))"
        guard let reader = MappingReader<HookKey>(entry.value, findings, name: name, place: entry.key.start) else {
            return nil
        }
        reader.require(.image)
        reader.require(.buildScript)
        let title = reader.read(.title, PlainText())
        let on = reader.mapping(.on, OnKey.self)
        let triggers = on.map(Triggers.init)
        let image = reader.locate(.image, ImageText())
        if let image, !context.allowedImages.allow(image.value) {
            findings.error(
                image.position, "the image \(quoted(image.value)) is not in allowed_images of \(ServerFile.path)")
        }
        let script = Script(source: context.source)
        let buildScript = reader.read(.buildScript, script)
        let own = SettingsPart(reader.keys(of: SettingsKey.self))
        var hook = Hook(
            id: id, title: title, triggers: triggers ?? Triggers(), image: image?.value ?? "",
            buildScript: buildScript ?? "", settings: own.applied(to: settings))
        hook.origin = origin(entry, reader, on)
        let paths = reader.read(.paths, ListOf(Placed(GlobText(use: .paths)))) ?? []
        for path in paths { warn(ofLiterals: "[]{}", in: path, reader.findings, "patterns know *, ** and ? only") }
        hook.paths = paths.map(\.value)
        readScripts(of: &hook, reader, script)
        readEnvironment(of: &hook, reader)
        hook.concurrency = reader.mapping(.concurrency, ConcurrencyKey.self).flatMap(Hook.Concurrency.init)
        readRest(of: &hook, reader)
        return hook
    }

    /// Where the rules are written that decide whether the hook runs.
    private func origin(
        _ entry: YAMLNode.Entry, _ reader: MappingReader<HookKey>, _ on: MappingReader<OnKey>?
    ) -> HookOrigin {
        var origin = HookOrigin(file: reader.findings.path, line: entry.key.start.line)
        for key in [HookKey.on, .paths] where reader.isWritten(key) {
            origin.rules[key.rawValue] = reader.position(of: key).line
        }
        let (settings, forks) = (reader.keys(of: SettingsKey.self), SettingsKey.forkPullRequests)
        if settings.isWritten(forks) { origin.rules[forks.rawValue] = settings.position(of: forks).line }
        for key in OnKey.allCases {
            if let on, on.isWritten(key) { origin.rules["on.\(key.rawValue)"] = on.position(of: key).line }
        }
        return origin
    }

    private func readScripts(of hook: inout Hook, _ reader: MappingReader<HookKey>, _ script: Script) {
        hook.user = reader.read(.user, ContainerUserText()) ?? hook.user
        hook.installScript = reader.read(.installScript, script)
        let tracked = reader.read(.trackedFiles, ListOf(Placed(TrackedPathText()))) ?? []
        for path in tracked {
            let wayOut = "tracked_files are no patterns; name each file, or a folder for all below it"
            warn(ofLiterals: "*?[]", in: path, reader.findings, wayOut)
        }
        hook.trackedFiles = Set(tracked.map(\.value)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if !tracked.isEmpty, !reader.isWritten(.installScript) {
            reader.findings.warning(
                reader.position(of: .trackedFiles), "tracked_files have no effect without an install_script")
        }
    }

    /// Says of a path that looks like a pattern what is not one in it. A file may have such a name, so it is no error.
    private func warn(
        ofLiterals letters: String, in path: Located<String>, _ findings: Findings, _ wayOut: String
    ) {
        guard let letter = path.value.first(where: letters.contains) else { return }
        findings.warning(path.position, "\(quoted(path.value)): '\(letter)' stands for itself: \(wayOut)")
    }

    private func readEnvironment(of hook: inout Hook, _ reader: MappingReader<HookKey>) {
        let environment = reader.read(.env, MapOf(name: VariableName(), element: VariableValue()))
        let secrets = reader.read(.secrets, MapOf(name: VariableName(), element: Placed(SealedText()))) ?? [:]
        hook.environment = environment ?? [:]
        hook.secrets = secrets.mapValues(\.value.description)
        // The project's name may stand below its hooks, so what a secret is bound to is looked at later.
        reader.findings.note(secrets)
        for name in hook.secrets.keys.sorted() where hook.environment[name] != nil {
            reader.findings.error(reader.position(of: .secrets), "\(quoted(name)) is in env and in secrets")
        }
    }

    private func readRest(of hook: inout Hook, _ reader: MappingReader<HookKey>) {
        hook.refreshSeconds = reader.read(.refresh, DurationText(60...DurationText.year))
        hook.reuse = reader.read(.reuse, Choice()) ?? hook.reuse
        if hook.reuse == .tree, !hook.reusesVerdicts {
            reader.findings.warning(
                reader.position(of: .reuse), "'reuse: tree' has no effect for a hook with secrets or a schedule")
        }
        hook.keepFailedSeconds = reader.read(.keepFailed, DurationText(0...7 * DurationText.day)) ?? 0
        hook.submodules = reader.read(.submodules, Flag()) ?? hook.submodules
        hook.sudo = reader.read(.sudo, Flag()) ?? hook.sudo
        hook.standby = reader.read(.standby, Choice()) ?? hook.standby
    }
}

extension Triggers {
    /// What is not named does not start the hook; an event without rules has the default ones.
    init(_ reader: MappingReader<OnKey>) {
        self.init(push: nil, pullRequest: nil, schedule: reader.read(.schedule, CronText()))
        if reader.isWritten(.push) {
            push = reader.mapping(.push, PushKey.self).map(Push.init) ?? Push()
        }
        if reader.isWritten(.pullRequest) {
            let rules = reader.mapping(.pullRequest, PullRequestKey.self)
            pullRequest = PullRequest()
            if let branches = rules?.read(.branches, ListOf(GlobText(use: .branches))) {
                pullRequest?.branches = branches
            }
        }
        if reader.isWritten(.mergeGroup) {
            let rules = reader.mapping(.mergeGroup, MergeGroupKey.self)
            mergeGroup = MergeGroup()
            if let branches = rules?.read(.branches, ListOf(GlobText(use: .branches))) {
                mergeGroup?.branches = branches
            }
        }
        if push == nil, pullRequest == nil, mergeGroup == nil, !reader.isWritten(.schedule) {
            reader.findings.error(
                reader.place, "'on' names no event; leave it out to run for every push and pull request")
        }
    }
}

extension Triggers.Push {
    /// A rule for tags alone means no branches.
    init(_ reader: MappingReader<PushKey>) {
        let branches = reader.read(.branches, ListOf(GlobText(use: .branches)))
        let tags = reader.read(.tags, ListOf(GlobText(use: .tags)))
        self.init(branches: branches ?? (tags?.isEmpty == false ? [] : ["**"]), tags: tags ?? [])
    }
}

extension Hook.Concurrency {
    init?(_ reader: MappingReader<ConcurrencyKey>) {
        reader.require(.group)
        let group = reader.read(.group, PlainText())
        let limit = reader.read(.limit, Whole(1...1000))
        let onNew: OnNew? = reader.read(.onNew, Choice())
        guard let group else { return nil }
        self.init(group: group, limit: limit ?? 1, onNew: onNew ?? .queue)
    }
}
