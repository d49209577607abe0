/// How long a queued job has to wait, as far as anybody can say.
public struct QueuePlace: Sendable, Hashable {
    /// The job.
    public var jobID: Int64
    /// From 1, in the order in which slots would be given if no job ended and none came; `nil` while it waits for its
    /// group or an approval.
    public var position: Int?
    /// The concurrency group that is full.
    public var fullGroup: String?
    /// Whether it waits until somebody approves the commit, as its hook asks for. Then it is in no group's queue yet.
    public var needsApproval = false
}
