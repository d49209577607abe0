import Foundation
import Model

/// Points in time and durations as pages show them. Assets/page.js says the same words as time goes by.
enum Moment {
    /// Relative, exact on hover.
    static func html(_ date: Date?, now: Date = Date()) -> String? {
        guard let date else { return nil }
        let text = exact(date)
        return "<time datetime=\"\(text)\" title=\"\(text)\">\(ago(date, now: now))</time>"
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
        default: String(exact(date).prefix(10))
        }
    }

    /// `2026-11-28T22:20:52Z`, as Foundation has it, in a fiftieth of the time: a page has hundreds of them.
    static func exact(_ date: Date) -> String {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        // From 1970 to the end of the year 9999.
        guard seconds >= 0, seconds < 253_402_300_800 else { return date.formatted(.iso8601) }
        let (days, second) = Int(seconds).quotientAndRemainder(dividingBy: 86_400)
        // Years begin in March here, so that the day that not all of them have is the last one; 400 of them are an era.
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * march + 2) / 5 + 1
        let month = march < 10 ? march + 3 : march - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return String(unsafeUninitializedCapacity: 20) { text in
            var place = 0
            func put(_ number: Int, _ digits: Int, _ next: Character) {
                var rest = number
                for digit in (0..<digits).reversed() {
                    text[place + digit] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                text[place + digits] = next.asciiValue ?? 0
                place += digits + 1
            }
            put(year, 4, "-")
            put(month, 2, "-")
            put(day, 2, "T")
            put(second / 3_600, 2, ":")
            put(second / 60 % 60, 2, ":")
            put(second % 60, 2, "Z")
            return place
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
