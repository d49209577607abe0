import Foundation
import Model

/// A point in time as pages show it: relative, exact on hover.
struct Moment: Sendable {
    /// ISO 8601, for `datetime`.
    var exact: String
    /// `3 m ago`
    var relative: String

    init?(_ date: Date?, now: Date = Date()) {
        guard let date else { return nil }
        exact = date.formatted(.iso8601)
        let seconds = Int(now.timeIntervalSince(date))
        relative =
            switch seconds {
            case ..<5: "just now"
            case ..<86_400: "\(Elapsed.text(seconds >= 3600 ? seconds / 60 * 60 : seconds)) ago"
            default: "\(seconds / 86_400) d ago"
            }
    }

    /// From the start to the end, or to now while it lasts; empty before the start.
    static func duration(_ start: Date?, _ end: Date?, now: Date = Date()) -> String {
        guard let start else { return "" }
        return Elapsed.text(Int((end ?? now).timeIntervalSince(start)))
    }
}
