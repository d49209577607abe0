import Curl
import Web

/// Asks for a search until it is over, over as many failed questions as it takes.
struct BisectionFollower: Sendable {
    var server: ServerClient
    var path: String
    var query: [(String, String?)]
    /// Between two questions.
    var pause = Duration.seconds(2)

    /// Questions in a row that failed; about two minutes of them.
    private static let patience = 12

    /// Calls `take` with each answer.
    ///
    /// - Returns: the last one.
    /// - Throws: `ServerProblem` for what will not change by asking again, `CurlError` after the last of several attempts.
    func run(
        _ first: BisectionDocument, _ take: (BisectionDocument) throws -> Void
    ) async throws -> BisectionDocument {
        var (bisection, wait, failures) = (first, pause, 0)
        while !bisection.isOver {
            try await Task.sleep(for: wait)
            do {
                bisection = try await server.get(path, query)
                (wait, failures) = (pause, 0)
                try take(bisection)
            } catch let problem as ServerProblem where problem.status == 429 || problem.status >= 500 {
                failures += 1
                guard failures < Self.patience else { throw problem }
                wait = problem.retryAfter.map { .seconds(min(60, max(1, $0))) } ?? pause(after: failures)
            } catch let error as CurlError {
                failures += 1
                guard failures < Self.patience, error.kind != .badURL, error.kind != .tls else { throw error }
                wait = pause(after: failures)
            }
        }
        return bisection
    }

    private func pause(after failures: Int) -> Duration { min(.seconds(15), pause * (1 << min(failures, 5))) }
}
