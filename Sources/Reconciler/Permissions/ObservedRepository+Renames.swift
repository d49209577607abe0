import Model

extension ObservedRepository {
    /// Finds accounts that are declared by a name that they have no longer.
    ///
    /// GitHub lets anybody take a name that was given up, so to invite "the" alice once more may invite a stranger. The
    /// number tells: whoever had access under the declared name has it now under another. It is remembered for as long
    /// as the old name is declared.
    ///
    /// - Parameter before: what GitHub had at the last look.
    public mutating func noteRenames(since before: @autoclosure () -> ObservedRepository?, declared: Permissions) {
        let now = Set(collaborators.map { $0.login.lowercased() })
        let missing = declared.collaborators.keys.map { $0.lowercased() }.filter { !now.contains($0) }
        // To read what was remembered takes longer than all the rest, and nearly always everybody is there.
        if missing.isEmpty {
            renamed = nil
            return
        }
        guard let before = before() else { return }
        let names = Dictionary(collaborators.compactMap { person in person.id.map { ($0, person.login) } }) {
            first, _ in
            first
        }
        var found: [String: String] = [:]
        for key in missing {
            if let known = before.renamed?[key], now.contains(known.lowercased()) {
                found[key] = known
                continue
            }
            let account = before.collaborators.first { $0.login.lowercased() == key }?.id
            if let name = account.flatMap({ names[$0] }) { found[key] = name }
        }
        renamed = found.isEmpty ? nil : found
    }
}
