import Model
import Store

/// What says how a ref is, where its newest build skipped that.
enum StandingValues {
    /// Words and a link, for beside the newest build; `nil` when that one says it.
    static func older(_ latest: BuildRecord?, of project: ProjectRecord) -> PageValues? {
        guard let standing = latest?.older else { return nil }
        return [
            "class": standing.state.rawValue, "text": StandingDocument(standing).words,
            "url": ProjectLinks.url(project, build: standing.number),
        ]
    }
}
