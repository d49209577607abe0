import Foundation
import Model

/// Five cron fields, in UTC: minute, hour, day of the month, month, day of the week.
struct CronText: TextKind {
    var isFree: Bool { true }
    var expected: String { "a cron schedule such as '0 4 * * *'" }
    var plural: String { "cron schedules" }

    private struct Field {
        /// With its article.
        var name: String
        var range: ClosedRange<Int>
        var names: [String] = []
    }

    private static let fields = [
        Field(name: "a minute", range: 0...59), Field(name: "an hour", range: 0...23),
        Field(name: "a day of the month", range: 1...31),
        Field(
            name: "a month", range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        // Both 0 and 7 are Sunday.
        Field(name: "a day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    func parse(_ text: String) throws(Mistake) -> String {
        let words = text.split(separator: " ")
        guard words.count == 5, text.hasNoControlCharacters else {
            throw Mistake("expected \(expected): minute, hour, day, month and day of the week; found \(quoted(text))")
        }
        for (word, field) in zip(words, Self.fields) {
            for item in word.split(separator: ",", omittingEmptySubsequences: false) { try check(item, field) }
        }
        let schedule = words.joined(separator: " ")
        // Reading a date that never comes takes a moment, and nobody means it.
        guard CronSchedule(schedule)?.next(after: Date()) != nil else {
            throw Mistake("\(quoted(schedule)) is a time that never comes")
        }
        return schedule
    }

    /// `*`, `5`, `1-5`, `*/10`, `1-30/2`
    private func check(_ item: Substring, _ field: Field) throws(Mistake) {
        let steps = item.split(separator: "/", omittingEmptySubsequences: false)
        let wrong = Mistake(
            "\(quoted(item)) is not \(field.name): \(field.range.lowerBound) to \(field.range.upperBound)")
        guard let first = steps.first, steps.count <= 2 else { throw wrong }
        let isSpan = first == "*" || first.contains("-")
        if steps.count == 2 {
            guard isSpan, let step = Digits.number(steps[1]), (1...field.range.upperBound).contains(step) else {
                throw wrong
            }
        }
        guard first != "*" else { return }
        let ends = first.split(separator: "-", omittingEmptySubsequences: false).map { number($0, field) }
        guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high else {
            throw wrong
        }
    }

    private func number(_ text: Substring, _ field: Field) -> Int? {
        if let index = field.names.firstIndex(of: text.lowercased()) {
            return index + (field.range.lowerBound == 1 ? 1 : 0)
        }
        guard let number = Digits.number(text), field.range.contains(number) else { return nil }
        return number
    }
}
