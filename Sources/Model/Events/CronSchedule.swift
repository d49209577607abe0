import Foundation

/// Five cron fields in UTC: minute, hour, day of the month, month, day of the week.
///
/// As in every cron, when both the day of the month and the day of the week are restricted (neither begins with `*`)
/// a day counts that matches either. UTC has no summer time, so no time comes twice or never.
public struct CronSchedule: Sendable, Hashable {
    /// Sorted.
    private let minutes: [Int]
    /// Sorted.
    private let hours: [Int]
    private let days: Set<Int>
    private let months: Set<Int>
    /// 0 is Sunday.
    private let weekdays: Set<Int>
    private let matchesEitherDay: Bool

    /// `nil` when the text is no schedule.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 5, let minutes = Self.field(words[0], 0...59), let hours = Self.field(words[1], 0...23),
            let days = Self.field(words[2], 1...31), let months = Self.field(words[3], 1...12, Self.monthNames),
            let weekdays = Self.field(words[4], 0...7, Self.weekdayNames)
        else { return nil }
        self.minutes = minutes.sorted()
        self.hours = hours.sorted()
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        matchesEitherDay = !words[2].hasPrefix("*") && !words[4].hasPrefix("*")
    }

    /// The first time after the given one; `nil` for a day that never comes, such as February 30.
    public func next(after date: Date) -> Date? {
        let minute = Self.minute(date) + 1
        return search(from: minute / 1440, by: 1) { day in
            let earliest = max(0, minute - day * 1440)
            for hour in hours where hour >= earliest / 60 {
                if let found = minutes.first(where: { hour * 60 + $0 >= earliest }) { return hour * 60 + found }
            }
            return nil
        }
    }

    /// The last time that is not after the given one.
    public func latest(until date: Date) -> Date? {
        let minute = Self.minute(date)
        return search(from: minute / 1440, by: -1) { day in
            let last = min(1439, minute - day * 1440)
            for hour in hours.reversed() where hour * 60 <= last {
                if let found = minutes.last(where: { hour * 60 + $0 <= last }) { return hour * 60 + found }
            }
            return nil
        }
    }

    /// Looks at one day after the other. A leap day is at most eight years away, because 2100 has none; ten are enough.
    private func search(from first: Int, by step: Int, _ minuteOfDay: (Int) -> Int?) -> Date? {
        for distance in 0...3660 {
            let day = first + distance * step
            guard day >= 0 else { return nil }
            guard matches(day), let minute = minuteOfDay(day) else { continue }
            return Date(timeIntervalSince1970: Double(day * 1440 + minute) * 60)
        }
        return nil
    }

    private func matches(_ day: Int) -> Bool {
        let date = CivilDate(daysSince1970: day)
        guard months.contains(date.month) else { return false }
        // January 1, 1970 was a Thursday.
        let isDay = days.contains(date.day)
        let isWeekday = weekdays.contains((day + 4) % 7)
        return matchesEitherDay ? isDay || isWeekday : isDay && isWeekday
    }

    /// Minutes since 1970; times before it or millions of years after it are not asked for.
    private static func minute(_ date: Date) -> Int {
        Int(max(0, min(1e12, (date.timeIntervalSince1970 / 60).rounded(.down))))
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// `*`, `5`, `1-5`, `*/10`, `1-30/2`, and lists of these.
    private static func field(_ word: Substring, _ range: ClosedRange<Int>, _ names: [String] = []) -> Set<Int>? {
        func number(_ text: Substring) -> Int? {
            if let index = names.firstIndex(of: text.lowercased()) { return index + (range.lowerBound == 1 ? 1 : 0) }
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
            else { return nil }
            return number
        }
        var values: Set<Int> = []
        for item in word.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard let span = parts.first, parts.count <= 2 else { return nil }
            let ends = span.split(separator: "-", omittingEmptySubsequences: false)
            var low = range.lowerBound
            var high = range.upperBound
            if span != "*" {
                guard ends.count <= 2, let first = ends.first.flatMap(number), let last = ends.last.flatMap(number),
                    first <= last
                else { return nil }
                (low, high) = (first, last)
            }
            var step = 1
            if parts.count == 2 {
                guard span == "*" || ends.count == 2, let written = Int(parts[1]),
                    (1...range.upperBound).contains(written)
                else { return nil }
                step = written
            }
            values.formUnion(stride(from: low, through: high, by: step))
        }
        return values
    }
}
