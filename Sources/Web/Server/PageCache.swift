import Hummingbird
import Synchronization

/// Pages that were rendered a moment ago, for the same eyes and from the same state of the store.
///
/// The list of a thousand projects takes tens of milliseconds to render, and everybody has it open. What it says of times
/// ("3 m ago") is at most a second old; the page itself counts on.
final class PageCache: Sendable {
    private struct Kept {
        var generation: Int
        var end: ContinuousClock.Instant
        var response: Response
    }

    private static let lifetime = Duration.seconds(1)
    /// Pages have half a megabyte.
    private static let limit = 32

    private let kept = Mutex<[String: Kept]>([:])

    /// The page, rendered anew unless it is known.
    ///
    /// - Parameters:
    ///   - key: everything that the page depends on, but for the store.
    ///   - generation: of what was read from the store.
    func page(_ key: String, _ generation: Int, render: () async throws -> Response) async rethrows -> Response {
        let known = kept.withLock { $0[key] }
        if let known, known.generation == generation, known.end > .now { return known.response }
        let response = try await render()
        kept.withLock { kept in
            if kept.count >= Self.limit { kept = kept.filter { $0.value.end > .now } }
            if kept.count >= Self.limit { kept = [:] }
            kept[key] = Kept(generation: generation, end: .now + Self.lifetime, response: response)
        }
        return response
    }
}
