/// What the admin repository holds, what of it is applied, and why the rest is not: the promises of the documentation,
/// written a second time.
struct SoakModel {
    var files: [String: SoakFile] = [:]
    /// Whether `kozmic.yaml` has an error: then nothing is applied.
    var areSettingsBroken = false
    /// Whether there is a `kozmic.yaml`. A repository with neither that nor a project file is taken for the wrong one.
    var hasSettingsFile = false
    /// By name.
    private(set) var applied: [String: SoakProject] = [:]
    private(set) var isHeld = false
    /// Of the commits that were not applied yet.
    var messages: [String] = []
    /// Projects that were authoritative at some time since somebody looked.
    var wereAuthoritative: Set<String> = []

    private static let fraction = 0.25

    /// The controller read the newest commit.
    ///
    /// - Parameter wasHeld: whether it held it. The model cannot say so itself where a project becomes authoritative: who
    ///   then loses access was found on GitHub.
    mutating func read(wasHeld: Bool) {
        if areSettingsBroken || !hasSettingsFile && files.isEmpty {
            messages = []
            isHeld = false
            return
        }
        let valid = files.values.filter { $0.mistake == nil }.map(\.project)
        var next = Dictionary(valid.map { ($0.name, $0) }) { first, _ in first }
        let removal = removal(next)
        let isUnforeseen = next.values.contains { $0.isAuthoritative && applied[$0.name]?.isAuthoritative != true }
        isHeld =
            isUnforeseen
            ? wasHeld
            : removal.isLarge && !messages.contains { $0.contains("\nKozmic-Allow-Prune: \(removal.count)\n") }
        if isHeld { return }
        for (name, project) in applied where next[name] == nil && isKept(name) { next[name] = project }
        applied = next
        messages = []
        wereAuthoritative.formUnion(applied.values.filter(\.isAuthoritative).map(\.name))
    }

    /// How much the newest commit takes away; what has to be confirmed.
    var removalCount: Int {
        let valid = files.values.filter { $0.mistake == nil }.map(\.project)
        return removal(Dictionary(valid.map { ($0.name, $0) }) { first, _ in first }).count
    }

    private func isKept(_ name: String) -> Bool {
        files.values.contains { $0.mistake == .syntax || $0.mistake == .key && $0.project.name == name }
    }

    private func removal(_ next: [String: SoakProject]) -> (count: Int, isLarge: Bool) {
        let projects = applied.keys.filter { next[$0] == nil && !isKept($0) }.count
        var (hooks, people) = ((gone: 0, all: 0), (gone: 0, all: 0))
        for (name, old) in applied {
            guard let new = next[name] else { continue }
            hooks.all += old.hooks.count
            hooks.gone += old.hooks.keys.filter { new.hooks[$0] == nil }.count
            guard new.isAuthoritative else { continue }
            people.all += old.people.count
            people.gone += old.people.subtracting(new.people).count
        }
        func isLarge(_ gone: Int, _ all: Int) -> Bool {
            gone > 1 && (gone == all || Double(gone) > Self.fraction * Double(all))
        }
        return (
            projects + hooks.gone + people.gone,
            projects > 0 && projects == applied.count || isLarge(projects, applied.count)
                || isLarge(hooks.gone, hooks.all) || isLarge(people.gone, people.all)
        )
    }
}
