/// Compares the deploy key that is declared with those that GitHub has. Pure.
enum DeployKeyPlanner {
    /// Ours are the keys whose private half we hold or held, and those with this server's title: whoever lost a private
    /// half must not leave the public one behind. Keys of others are left alone.
    ///
    /// What takes comes after what gives, so that a crash in between leaves a key to read with.
    static func operations(
        _ desired: DesiredDeployKey, isPrivate: Bool, observed: [ObservedDeployKey]
    ) -> [DeployKeyOperation] {
        let ours = observed.filter(desired.isOurs).sorted { $0.id < $1.id }
        guard desired.isWanted(isPrivate: isPrivate) else { return ours.map { .delete(id: $0.id, title: $0.title) } }
        let there = desired.held.flatMap { held in ours.first { held.matches($0.key) } }
        let useless = ours.filter { $0.id != there?.id && desired.kept?.matches($0.key) != true }
        return giving(desired, there) + useless.map { .delete(id: $0.id, title: $0.title) }
    }

    private static func giving(_ desired: DesiredDeployKey, _ there: ObservedDeployKey?) -> [DeployKeyOperation] {
        guard let there, let held = desired.held else { return [.create(title: desired.title, desired.held)] }
        var changes: [FieldChange] = []
        if there.title != desired.title {
            changes.append(FieldChange(field: "title", old: there.title, new: desired.title))
        }
        if !there.isReadOnly { changes.append(FieldChange(field: "read_only", old: "false", new: "true")) }
        return changes.isEmpty ? [] : [.replace(id: there.id, held, title: desired.title, changes: changes)]
    }
}
