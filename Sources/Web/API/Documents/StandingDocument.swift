import Model
import Store

/// How a branch, a tag or a pull request is, for programs: what each hook said last that really ran there.
package struct StandingDocument: Codable, Sendable {
    /// As in `BuildState`.
    package var state: String
    /// The number of the build that says so.
    package var build: Int
    /// The number of the newest build there: another one where that skipped what says so.
    package var latestBuild: Int

    init(_ standing: RefStanding) {
        (state, build, latestBuild) = (standing.state.rawValue, standing.number, standing.latest)
    }

    /// Why it is another thing than its newest build came to; `nil` when it is not.
    package var words: String? {
        guard build != latestBuild else { return nil }
        switch BuildState(rawValue: state) {
        case .failure: return "failed in #\(build), skipped since"
        case .error: return "error in #\(build), skipped since"
        default: return "#\(build) goes on"
        }
    }
}
