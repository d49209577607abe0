import Logging
import Synchronization

/// A token that may be replaced while it is in use, as by a file that is written again. It is read once more when GitHub
/// refuses what is known, and never otherwise.
public final class GitHubTokenSource: Sendable {
    private struct State {
        var current: GitHubToken
        /// Former ones: an answer may still repeat one.
        var former: [GitHubToken] = []
        /// What was said last about a token that cannot be used.
        var complaint: String?
    }

    private let state: Mutex<State>
    private let read: (@Sendable () throws -> GitHubToken)?
    private let logger: Logger

    /// - Parameters:
    ///   - token: the first one.
    ///   - read: looks for a newer one; its errors are logged and must not hold what it found. `nil` when there is only one.
    ///   - logger: is told of a new token, and once of one that cannot be used; never the token.
    public init(
        _ token: GitHubToken, logger: Logger = Logger(label: "kozmic.github"),
        read: (@Sendable () throws -> GitHubToken)? = nil
    ) {
        state = Mutex(State(current: token))
        self.read = read
        self.logger = logger
    }

    /// The newest.
    public var current: GitHubToken { state.withLock { $0.current } }

    /// For git over HTTPS.
    public var password: String { current.value }

    /// What must not be seen in messages.
    var secrets: [String] { state.withLock { ([$0.current] + $0.former).map(\.value) } }

    /// GitHub refused the token of that header. Answers whether there is another one by now.
    func renew(_ refused: String?) -> Bool {
        if let known = try? current.authorization(), known != refused { return true }
        guard let read else { return false }
        let problem: String
        do {
            let next = try read()
            if let header = try next.authorization() {
                let isNew = header != refused
                state.withLock { state in
                    if isNew { state.former = ([state.current] + state.former).prefix(8).map { $0 } }
                    state.current = next
                    state.complaint = nil
                }
                if isNew { logger.notice("GitHub refused the token; a new one was read") }
                return isNew
            }
            problem = "it is empty"
        } catch let error as GitHubError {
            problem = error.message
        } catch {
            problem = "\(error)"
        }
        let isNews = state.withLock { state in
            defer { state.complaint = problem }
            return state.complaint != problem
        }
        if isNews { logger.warning("GitHub refused the token, and there is no new one: \(problem)") }
        return false
    }
}
