import Model

extension JobRecord {
    static let columns = """
        job.id, job.buildID, job.hook, job.title, job.config, job.attempt, job.state, job.phase, \
        job.cancelReason, job.exitCode, job.reason, job.baseImageID, job.baseImageDigest, job.cacheKey, \
        job.cacheReused, job.createdAt, job.startedAt, job.finishedAt, job.successor, \
        job.pullStartedAt, job.pullEndedAt, job.needsApproval, job.logDeletedAt, job.logDeletedBy
        """

    /// Keeps one row for each hook of a build, its last attempt: SQLite takes the other columns from the row that has
    /// the maximum.
    static let latestAttempts = """
        SELECT \(columns), MAX(job.attempt) FROM job WHERE job.buildID = ? GROUP BY job.hook ORDER BY job.hook
        """

    init(_ columns: inout Columns) throws {
        self.init(
            id: try columns.next(), buildID: try columns.next(), hook: try columns.value { HookID($0) },
            title: try columns.next(), config: try JSONColumn.hook(columns.next()), attempt: try columns.next(),
            state: try columns.value(JobState.init(rawValue:)),
            phase: try columns.valueIfAny(JobPhase.init(rawValue:)), cancelReason: try columns.next(),
            exitCode: try columns.next(), reason: try columns.next(), baseImageID: try columns.next(),
            baseImageDigest: try columns.next(), cacheKey: try columns.next(), cacheReused: try columns.next(),
            createdAt: try columns.date(), startedAt: try columns.dateIfAny(), finishedAt: try columns.dateIfAny(),
            successor: try columns.next(), pullStartedAt: try columns.dateIfAny(),
            pullEndedAt: try columns.dateIfAny(), needsApproval: try columns.next(),
            logDeletion: try LogDeletion(&columns))
    }
}

extension LogDeletion {
    /// `nil` when nobody deleted it.
    init?(_ columns: inout Columns) throws {
        let time = try columns.dateIfAny()
        let login = try columns.next(String?.self)
        guard let time else { return nil }
        self.init(by: login ?? "somebody", at: time)
    }
}

extension StatusRecord {
    static let columns = """
        status.projectID, status.sha, status.context, status.state, status.description, status.targetURL, \
        status.sequence, status.acknowledgedSequence, status.failures, status.nextTryAt, status.lastError, \
        status.gaveUpSequence
        """

    /// The condition of the index `status_due`, word for word, or SQLite would not use it.
    static let isDue = "acknowledgedSequence <> sequence AND gaveUpSequence <> sequence"

    init(_ columns: inout Columns) throws {
        self.init(
            projectID: try columns.next(), commit: try columns.next(),
            wanted: CommitStatus(
                context: try columns.next(), state: try columns.value(CommitStatus.State.init(rawValue:)),
                description: try columns.next(), targetURL: try columns.next()),
            sequence: try columns.next(), acknowledgedSequence: try columns.next(), failures: try columns.next(),
            nextTryAt: try columns.date(), lastError: try columns.next(), isGivenUp: false)
        isGivenUp = try columns.next(Int64.self) == sequence
    }
}
