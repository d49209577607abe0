/// What GitHub shows beside a commit.
public struct CommitStatus: Sendable, Hashable, Codable {
    /// GitHub's four states.
    public enum State: String, Sendable, Hashable, Codable { case pending, success, failure, error }

    /// `Kozmic CI`, or `Kozmic CI / <hook>`.
    public var context: String
    /// The state.
    public var state: State
    /// At most 140 characters, GitHub's limit.
    public var description: String
    /// The page of the build or job.
    public var targetURL: String

    /// Cuts the description to 140 characters.
    public init(context: String, state: State, description: String, targetURL: String) {
        self.context = context
        self.state = state
        self.description =
            description.unicodeScalars.count <= 140
            ? description : String(String.UnicodeScalarView(description.unicodeScalars.prefix(139))) + "…"
        self.targetURL = targetURL
    }

    /// The context of a whole build.
    public static let buildContext = "Kozmic CI"
    /// The context of one job.
    public static func jobContext(_ hook: HookID) -> String { "\(buildContext) / \(hook)" }

    /// The status of a build.
    ///
    /// - Parameters:
    ///   - failed: the hooks whose jobs failed or had an error, in the order they are named.
    ///   - seconds: from the first job's start to the last one's end.
    ///   - reason: why it was cancelled, why none of its jobs had to run, or what it waits for (`waits for …`).
    ///   - known: why it passed without running a script.
    public static func build(
        number: Int, state: BuildState, failed: [HookID], seconds: Int, reason: String? = nil, known: String? = nil,
        targetURL: String
    ) -> CommitStatus {
        let names = failed.map(\.description).joined(separator: ", ")
        let (status, text): (State, String) =
            switch state {
            case .queued: (.pending, "Build #\(number) \(reason ?? "is queued")")
            case .running: (.pending, "Build #\(number) \(reason ?? "is running")")
            case .success:
                (
                    .success,
                    reason.map { "Skipped: \($0)" } ?? passed(number, seconds: seconds, known: known)
                )
            case .failure: (.failure, "Build #\(number) failed: \(names)")
            case .error: (.error, "Build #\(number) had an error: \(names)")
            case .cancelled: (.error, cancelled(number, reason))
            }
        return CommitStatus(context: buildContext, state: status, description: text, targetURL: targetURL)
    }

    private static func passed(_ number: Int, seconds: Int, known: String?) -> String {
        "Build #\(number) passed" + (known.map { ": \($0)" } ?? " in \(Elapsed.text(seconds))")
    }

    /// When a person did it, the reason says `cancelled` itself.
    private static func cancelled(_ number: Int, _ reason: String?) -> String {
        let words = "Build #\(number) was"
        guard let reason else { return "\(words) cancelled" }
        return reason.hasPrefix("cancelled by ") ? "\(words) \(reason)" : "\(words) cancelled: \(reason)"
    }

    /// Why no job of a build had to run: each reason once, with its hooks, of which three are named.
    public static func skipped(_ jobs: [(hook: HookID, reason: String?)]) -> String {
        var groups: [(reason: String, hooks: [String])] = []
        for job in jobs {
            let reason = job.reason ?? "not needed"
            if let known = groups.firstIndex(where: { $0.reason == reason }) {
                groups[known].hooks.append(job.hook.description)
            } else {
                groups.append((reason, [job.hook.description]))
            }
        }
        return groups.map { group in
            let others = group.hooks.count - 3
            return group.hooks.prefix(3).joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
                + ": \(group.reason)"
        }.joined(separator: "; ")
    }

    /// The status of one job.
    public static func job(
        hook: HookID, number: Int, outcome: JobOutcome, seconds: Int, targetURL: String
    ) -> CommitStatus {
        let (status, text): (State, String) =
            switch outcome.state {
            case .queued: (.pending, "Build #\(number) \(outcome.reason ?? "is queued")")
            case .running: (.pending, "Build #\(number) is running")
            case .success: (.success, passed(number, seconds: seconds, known: outcome.reason))
            case .skipped: (.success, "Skipped: \(outcome.reason ?? "not needed")")
            case .failure: (.failure, "Build #\(number) failed: \(outcome.reason ?? "a script failed")")
            case .error: (.error, "Build #\(number) had an error: \(outcome.reason ?? "unknown")")
            case .cancelled: (.error, cancelled(number, outcome.reason))
            }
        return CommitStatus(context: jobContext(hook), state: status, description: text, targetURL: targetURL)
    }
}
