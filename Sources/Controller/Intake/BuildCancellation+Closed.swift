import Model
import Store

extension BuildCancellation {
    /// What a pull request's end ends, whether a webhook told of it or GitHub was asked.
    ///
    /// - Parameter time: when it happened by GitHub's clock, in seconds since 1970.
    init(closed number: Int, isMerged: Bool, at time: Int64?, of projectID: Int64) {
        self.init(
            projectID: projectID, .pullRequest(number), happenedAt: time,
            reason: "pull request #\(number) was \(isMerged ? "merged" : "closed")")
    }
}
