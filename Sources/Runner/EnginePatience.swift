import DockerEngine

/// Waits for an engine that does not answer for a while, such as one that is being updated.
struct EnginePatience: Sendable {
    /// How long it is waited for.
    let limit: Duration
    let log: JobLog

    /// Asks until the engine answers. Says in the log that it waits.
    ///
    /// - Returns: the answer, and whether the engine was away.
    /// - Throws: `Ending` when it was away for too long.
    func ask<Answer: Sendable>(
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
