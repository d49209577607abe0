import Foundation
import GitHub
import Logging
import Store
import Synchronization

/// Keeps in the database what is written to GitHub, before it is sent.
///
/// In a burst a few are noted in advance, so that not each status is a transaction more: those that do not come within that
/// second are taken back with the next note. After a restart a few count too much, which only makes it more patient.
final class StoredWrites: GitHubLedger {
    private struct Note {
        var second: Int64
        /// Those that were noted and did not come yet.
        var left: Int
        /// Whether they are stored.
        var storing: Task<Bool, Never>
    }

    private static let burst = 8

    private let store: Store
    private let earlier: [String: [Date]]
    private let logger: Logger
    private let notes = Mutex<[String: Note]>([:])

    init(_ store: Store, logger: Logger) async throws {
        self.store = store
        self.logger = logger
        earlier = try await store.gitHubWrites(before: Date())
    }

    func writes(by identity: String) -> [Date] { earlier[identity] ?? [] }

    func noteWrite(by identity: String, at date: Date) async {
        let second = Int64(date.timeIntervalSince1970)
        let storing = notes.withLock { notes in
            let last = notes[identity]
            if let last, last.second == second, last.left > 0 {
                notes[identity]?.left -= 1
                return last.storing
            }
            let count = last.map { second - $0.second <= 1 } ?? false ? Self.burst : 1
            let storing = Task { await note(count, by: identity, at: date, after: last) }
            notes[identity] = Note(second: second, left: count - 1, storing: storing)
            return storing
        }
        _ = await storing.value
    }

    private func note(_ count: Int, by identity: String, at date: Date, after last: Note?) async -> Bool {
        // Nobody takes of the last note any more. What is not stored cannot be taken back.
        let wasStored = await last?.storing.value ?? false
        let unused = last.flatMap { wasStored && $0.left > 0 ? (count: $0.left, second: $0.second) : nil }
        do {
            try await store.noteGitHubWrites(count, by: identity, at: date, without: unused)
            return true
        } catch {
            logger.warning("a write to GitHub is not remembered, and does not count after a restart: \(error)")
            return false
        }
    }
}
