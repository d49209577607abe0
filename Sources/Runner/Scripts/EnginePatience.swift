import DockerEngine
import Model

/// Waits for an engine that does not answer for a while, such as one that is being updated.
struct EnginePatience: Sendable {
    /// How long it is waited for.
    let limit: Duration
    let log: JobLog
    /// A job that shall stop does not wait for long.
    let control: JobControl

    /// How long an engine is waited for by a job that is over anyway.
    private static let grace = Duration.seconds(3)

    /// Asks until the engine answers. Says in the log that it waits.
    ///
    /// - Parameter overdue: returns when the job's time is up, with the outcome that it then has.
    /// - Returns: the answer, and whether the engine was away.
    /// - Throws: `Ending` when it was away for too long, or when the job shall stop and the engine is still away. The
    ///   containers stay; they are removed by the sweep when the engine is back.
    func ask<Answer: Sendable>(
        overdue: (@Sendable () async throws -> JobOutcome)? = nil,
        _ question: @escaping @Sendable () async throws -> Answer
    ) async throws -> (answer: Answer, wasAway: Bool) {
        try await withThrowingTaskGroup(of: (answer: Answer, wasAway: Bool)?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await repeatedly(question) }
            group.addTask {
                throw try await ending(JobOutcome(state: .cancelled, reason: control.wait()))
            }
            if let overdue { group.addTask { throw try await ending(overdue()) } }
            while let answer = try await group.next() {
                if let answer { return answer }
            }
            throw CancellationError()
        }
    }

    private func ending(_ outcome: JobOutcome) async throws -> Ending {
        try await Task.sleep(for: Self.grace)
        try await log.note("The Docker Engine still does not answer; what the job left there is removed when it does")
        return Ending(outcome)
    }

    private func repeatedly<Answer: Sendable>(
        _ question: @Sendable () async throws -> Answer
    ) async throws -> (answer: Answer, wasAway: Bool) {
        let clock = ContinuousClock()
        let end = clock.now + limit
        var wasAway = false
        while true {
            do {
                let answer = try await question()
                if wasAway { try await log.note("The Docker Engine answers again") }
                return (answer, wasAway)
            } catch let error as DockerError where error.isTransient {
                guard clock.now < end else { throw Ending.error("the Docker Engine does not answer: \(error.message)") }
                if !wasAway {
                    try await log.note("The Docker Engine does not answer (\(error.message)); waiting for it")
                }
                wasAway = true
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
