import Foundation
import Model
import Store

/// The last builds of a project as small bars: the height is the duration, colour and shape are the state.
enum Sparkline {
    private static let steps = 8.0

    /// The oldest one first. Numbers and our own words only, so nothing needs to be escaped.
    static func html(_ overview: ProjectOverview, now: Date = Date()) -> String {
        let seconds = overview.recent.map { $0.seconds(now: now) }
        // One that hangs must not make all others look short.
        let slowest = zip(overview.recent, seconds).filter { $0.0.state.isFinished }.map(\.1).max() ?? 1
        var html = ""
        for (build, seconds) in zip(overview.recent, seconds).reversed() {
            let height = max(1, Int((min(1, seconds / max(1, slowest)) * steps).rounded(.up)))
            let word = StateMark(build.state).word
            let duration = build.startedAt == nil ? "" : ", \(Moment.text(seconds))"
            html += "<a class=\"b\(height) \(build.state.rawValue)\" href=\""
            html += ProjectLinks.url(overview.project, build: build.number)
            html += "\" title=\"#\(build.number) \(word)\(duration)\"></a>"
        }
        return html
    }
}
