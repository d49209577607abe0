import Foundation

/// How a job ended.
public struct JobOutcome: Sendable, Hashable, Codable {
    /// A finished state.
    public var state: JobState
    /// The exit code of the script that ended the job, if one ran to its end.
    public var exitCode: Int?
    /// One sentence for the log, the page and the status: why it is not a success.
    public var reason: String?
    /// When its script ended, if that was found only later; `nil` when the job ends now.
    public var endedAt: Date?

    /// Memberwise.
    public init(state: JobState, exitCode: Int? = nil, reason: String? = nil, endedAt: Date? = nil) {
        self.state = state
        self.exitCode = exitCode
        self.reason = reason
        self.endedAt = endedAt
    }

    /// Both scripts ended well.
    public static let success = JobOutcome(state: .success, exitCode: 0)
}
