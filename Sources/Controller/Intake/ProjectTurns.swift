import Model
import Synchronization

/// Which repositories are being worked on, so that each is worked on once at a time.
final class ProjectTurns: Sendable {
    /// Whether somebody asked again meanwhile.
    private let asked = Mutex<[RepositoryName: Bool]>([:])

    /// Answers whether the caller may begin; otherwise whoever is at it will look again before they end.
    func begin(_ repository: RepositoryName) -> Bool {
        asked.withLock { asked in
            guard asked[repository] == nil else {
                asked[repository] = true
                return false
            }
            asked[repository] = false
            return true
        }
    }

    /// Answers whether the caller has to look again first.
    func endOrGoOn(_ repository: RepositoryName) -> Bool {
        asked.withLock { asked in
            if asked[repository] == true {
                asked[repository] = false
                return true
            }
            asked[repository] = nil
            return false
        }
    }
}
