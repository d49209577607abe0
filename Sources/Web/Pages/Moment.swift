import Foundation
import Model

/// Points in time and durations as pages show them. Assets/page.js says the same words as time goes by.
enum Moment {
    /// Relative, exact on hover.
    static func html(_ date: Date?, now: Date = Date()) -> String? {
        guard let date else { return nil }
        let exact = date.formatted(.iso8601)
        return "<time datetime=\"\(exact)\" title=\"\(exact)\">\(ago(date, now: now))</time>"
    }

    /// `3 m ago`, or `in 3 m`.
    static func ago(_ date: Date, now: Date = Date()) -> String {
        let seconds = now.timeIntervalSince(date)
        return switch seconds {
        // Two clocks may differ by a little.
        case ..<(-10): "in \(Elapsed.text(Int(min(-seconds, 1e9))))"
        case ..<10: "just now"
        case ..<60: "\(Int(seconds)) s ago"
        case ..<3600: "\(Int(seconds / 60)) m ago"
        case ..<86_400: "\(Int(seconds / 3600)) h ago"
        case ..<2_592_000: "\(Int(seconds / 86_400)) d ago"
        default: String(date.formatted(.iso8601).prefix(10))
        }
    }

    /// From the start to the end; counted on by the page while it lasts. `nil` before the start.
    static func duration(_ start: Date?, _ end: Date?, now: Date = Date()) -> String? {
        guard let start else { return nil }
        if let end { return text(end.timeIntervalSince(start)) }
        let since = Int(start.timeIntervalSince1970 * 1000)
        return "<span data-since=\"\(since)\">\(text(now.timeIntervalSince(start)))</span>"
    }

    /// `42 s`
    static func text(_ seconds: TimeInterval) -> String {
        let whole = Int(max(0, min(seconds, 1e9)).rounded(.down))
        return whole == 0 ? "&lt; 1 s" : Elapsed.text(whole)
    }
}
