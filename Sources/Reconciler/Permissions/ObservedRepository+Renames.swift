import Model

extension ObservedRepository {
    /// Finds accounts that are declared by a name that they have no longer.
    ///
    /// GitHub lets anybody take a name that was given up, so to invite "the" alice once more may invite a stranger. The
    /// number tells: whoever had access under the declared name has it now under another. It is remembered for as long
    /// as the old name is declared.
    ///
    /// - Parameter before: what GitHub had at the last look.
    public mutating func noteRenames(since before: ObservedRepository?, declared: Permissions) {
        guard let before else { return }
        let now = Set(collaborators.map { $0.login.lowercased() })
        let names = Dictionary(collaborators.compactMap { person in person.id.map { ($0, person.login) } }) {
            first, _ in
            first
        }
        var found: [String: String] = [:]
        for key in declared.collaborators.keys.map({ $0.lowercased() }) where !now.contains(key) {
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
