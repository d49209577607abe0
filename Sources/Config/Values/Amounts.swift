/// A duration such as `90s`, `60m`, `1h` or `14d`: one number with one unit. Becomes seconds.
struct DurationText: TextKind {
    var range: ClosedRange<Int>

    init(_ range: ClosedRange<Int> = 0...Self.year) { self.range = range }

    static let day = 86_400
    static let year = 366 * day

    var expected: String { "a duration such as 10s, 60m, 1h or 14d" }
    var plural: String { "durations" }

    func parse(_ text: String) throws(Mistake) -> Int {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": Self.day]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Digits.number(text.dropLast()) else {
            throw Mistake("expected \(expected), found \(quoted(text))")
        }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= range.upperBound else { throw Mistake("more than \(Self.text(range.upperBound))") }
        guard seconds >= range.lowerBound else { throw Mistake("less than \(Self.text(range.lowerBound))") }
        return seconds
    }

    private static func text(_ seconds: Int) -> String {
        for (unit, name) in [(day, "d"), (3600, "h"), (60, "m")] where seconds >= unit && seconds % unit == 0 {
            return "\(seconds / unit)\(name)"
        }
        return "\(seconds)s"
    }
}

/// A size such as `512MiB` or `2GiB`. Becomes bytes.
struct SizeText: TextKind {
    var range: ClosedRange<Int64>

    init(_ range: ClosedRange<Int64>) { self.range = range }

    private static let units: [(name: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ]

    var expected: String { "a size such as 512MiB or 2GiB" }
    var plural: String { "sizes" }

    func parse(_ text: String) throws(Mistake) -> Int64 {
        guard let unit = Self.units.first(where: { text.hasSuffix($0.name) }),
            let number = Digits.number(text.dropLast(3))
        else { throw Mistake("expected \(expected), found \(quoted(text))") }
        let (bytes, overflow) = Int64(number).multipliedReportingOverflow(by: unit.bytes)
        guard !overflow, bytes <= range.upperBound else { throw Mistake("more than \(Self.text(range.upperBound))") }
        guard bytes >= range.lowerBound else { throw Mistake("less than \(Self.text(range.lowerBound))") }
        return bytes
    }

    private static func text(_ bytes: Int64) -> String {
        let unit = units.last { bytes >= $0.bytes } ?? units[0]
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}

/// Digits and nothing else: `Int("+1")` would be too kind.
enum Digits {
    static func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
