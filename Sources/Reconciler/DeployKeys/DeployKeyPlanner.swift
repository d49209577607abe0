/// Compares the deploy key that is declared with those that GitHub has. Pure.
enum DeployKeyPlanner {
    /// Ours is the key whose private half we hold. Keys of others are left alone, whatever they are called.
    static func operations(
        _ desired: DesiredDeployKey, isPrivate: Bool, observed: [ObservedDeployKey]
    ) -> [DeployKeyOperation] {
        let ours = desired.held.flatMap { held in
            observed.sorted { $0.id < $1.id }.first { held.matches($0.key) }
        }
        guard desired.isWanted(isPrivate: isPrivate) else {
            return ours.map { [.delete(id: $0.id, title: $0.title)] } ?? []
        }
        guard let ours, let held = desired.held else { return [.create(title: desired.title, desired.held)] }
        var changes: [FieldChange] = []
        if ours.title != desired.title {
            changes.append(FieldChange(field: "title", old: ours.title, new: desired.title))
        }
        if !ours.isReadOnly { changes.append(FieldChange(field: "read_only", old: "false", new: "true")) }
        return changes.isEmpty ? [] : [.replace(id: ours.id, held, title: desired.title, changes: changes)]
    }
}
