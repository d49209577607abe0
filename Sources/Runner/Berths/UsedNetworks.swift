/// Networks whose jobs are through, each for the next job of the same project; a value.
struct UsedNetworks: Sendable {
    private var items: [(owner: String, network: BerthNetwork)] = []

    var count: Int { items.count }

    /// - Parameter owner: whose job was in it, and whose next one may be.
    mutating func add(_ network: BerthNetwork, of owner: String) { items.append((owner, network)) }

    /// The one that was used last by that owner.
    mutating func take(_ owner: String) -> BerthNetwork? {
        items.lastIndex { $0.owner == owner }.map { items.remove(at: $0).network }
    }

    /// Takes those away that are meant.
    mutating func remove(where isMeant: (BerthNetwork) -> Bool = { _ in true }) -> [BerthNetwork] {
        let meant = items.map(\.network).filter(isMeant)
        items.removeAll { isMeant($0.network) }
        return meant
    }
}
