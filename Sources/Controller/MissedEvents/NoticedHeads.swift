import Synchronization

/// Since when heads are known that no build explains.
final class NoticedHeads: Sendable {
    private let since = Mutex<[Int64: [String: ContinuousClock.Instant]]>([:])

    /// How long the head has been known, from its first call on.
    func age(_ project: Int64, _ ref: String, _ target: String) -> Duration {
        since.withLock { since in
            let first = since[project, default: [:]]["\(ref) \(target)"] ?? .now
            since[project, default: [:]]["\(ref) \(target)"] = first
            return .now - first
        }
    }

    /// Forgets all other heads of the project.
    func keep(_ project: Int64, _ heads: [String: String]) {
        since.withLock { since in
            guard let known = since[project] else { return }
            let kept = Set(heads.map { "\($0.key) \($0.value)" })
            let rest = known.filter { kept.contains($0.key) }
            since[project] = rest.isEmpty ? nil : rest
        }
    }
}
