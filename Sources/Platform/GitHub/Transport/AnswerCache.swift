import Synchronization

/// Answers with their `ETag`, so that GitHub need only say that nothing changed, which costs no quota.
///
/// Belongs to one client, because an `ETag` depends on the token and on `Accept`.
final class AnswerCache: Sendable {
    private struct Entry {
        var etag: String
        var answer: Answer
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// The answer that an earlier request for the address got, and what to ask with whether it still holds.
    func answer(for url: String) -> (etag: String, answer: Answer)? {
        state.withLock { state in
            guard let entry = state.entries[url] else { return nil }
            state.uses += 1
            state.entries[url]?.lastUse = state.uses
            return (entry.etag, entry.answer)
        }
    }

    /// Keeps an answer, in place of those that were not used for longest. One that would push out many is not kept.
    func store(_ answer: Answer, etag: String, for url: String) {
        let cost = Self.cost(url, etag, answer)
        state.withLock { state in
            Self.remove(url, from: &state)
            guard cost <= byteLimit / 8 else { return }
            while state.bytes + cost > byteLimit,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                Self.remove(oldest.key, from: &state)
            }
            state.uses += 1
            state.entries[url] = Entry(etag: etag, answer: answer, lastUse: state.uses)
            state.bytes += cost
        }
    }

    /// Bytes in use, for tests of the bound.
    var bytes: Int { state.withLock { $0.bytes } }

    private static func remove(_ url: String, from state: inout State) {
        guard let entry = state.entries.removeValue(forKey: url) else { return }
        state.bytes -= cost(url, entry.etag, entry.answer)
    }

    /// With something for the dictionary itself, so that many small answers are bounded too.
    private static func cost(_ url: String, _ etag: String, _ answer: Answer) -> Int {
        answer.body.count + (answer.link?.utf8.count ?? 0) + url.utf8.count + etag.utf8.count + 200
    }
}
