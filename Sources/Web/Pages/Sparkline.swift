import Foundation
import Model
import Store

/// The last builds of a project as small bars: the height is the duration, colour and shape are the state.
enum Sparkline {
    private static let steps = 8.0

    /// The oldest one first. Numbers and our own words only, so nothing needs to be escaped.
    static func html(_ overview: ProjectOverview, now: Date = Date()) -> String {
        let seconds = overview.recent.map { build in
            build.startedAt.map { (build.finishedAt ?? now).timeIntervalSince($0) } ?? 0
        }
        let slowest = max(1, seconds.max() ?? 1)
        var html = ""
        for (build, seconds) in zip(overview.recent, seconds).reversed() {
            let height = max(1, Int((seconds / slowest * steps).rounded(.up)))
            let word = StateMark(build.state).word
            let duration = build.startedAt == nil ? "" : ", \(Moment.text(seconds))"
            html += "<a class=\"b\(height) \(build.state.rawValue)\" href=\""
            html += ProjectLinks.url(overview.project, build: build.number)
            html += "\" title=\"#\(build.number) \(word)\(duration)\"></a>"
        }
        return html
    }
}
