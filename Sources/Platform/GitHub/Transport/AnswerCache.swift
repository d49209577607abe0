import Synchronization

/// What answers said, with their `ETag`, so that GitHub need only say that nothing changed, which costs no quota.
///
/// Kept is what was read from the JSON, a small part of it that need not be read again. Belongs to one client, because an
/// `ETag` depends on the token and on `Accept`.
final class AnswerCache: Sendable {
    /// One page of a list, or one thing.
    struct Entry: Sendable {
        var etag: String
        var link: String?
        var value: any Sendable
    }

    private struct Kept {
        var entry: Entry
        var cost: Int
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Kept] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// What an earlier answer said, and what to ask with whether it still holds.
    func entry(for key: String) -> Entry? {
        state.withLock { state in
            guard let kept = state.entries[key] else { return nil }
            state.uses += 1
            state.entries[key]?.lastUse = state.uses
            return kept.entry
        }
    }

    /// Keeps what an answer said, in place of those that were not used for longest. One that would push out many is not
    /// kept.
    ///
    /// - Parameter size: of the answer's body, which what it said is a part of.
    func store(_ entry: Entry, size: Int, for key: String) {
        // A third of the JSON and more is addresses and names of keys that nobody reads; the rest is a guess at what an
        // allocation costs, so that many small entries are bounded too.
        let cost = size / 3 + (entry.link?.utf8.count ?? 0) + key.utf8.count + entry.etag.utf8.count + 300
        state.withLock { state in
            Self.remove(key, from: &state)
            guard cost <= byteLimit / 8 else { return }
            if state.bytes + cost > byteLimit { Self.makeRoom(for: max(cost, byteLimit / 10), byteLimit, &state) }
            state.uses += 1
            state.entries[key] = Kept(entry: entry, cost: cost, lastUse: state.uses)
            state.bytes += cost
        }
    }

    /// Bytes in use, for tests of the bound.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Removes a tenth at once: looking for the oldest of thousands each time would be slow.
    private static func makeRoom(for cost: Int, _ limit: Int, _ state: inout State) {
        for (key, _) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            guard state.bytes + cost > limit else { return }
            remove(key, from: &state)
        }
    }

    private static func remove(_ key: String, from state: inout State) {
        guard let kept = state.entries.removeValue(forKey: key) else { return }
        state.bytes -= kept.cost
    }
}
