import Foundation

/// A time as the engine writes it: to the nanosecond, which a `Date` cannot hold.
public struct DockerTime: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The engine's text, such as `2026-11-24T15:14:49.335741282Z`.
    public let text: String
    /// The same to the microsecond.
    public let date: Date

    /// Reads RFC 3339. `nil` for anything else and for the year 1, which is how the engine writes "never".
    public init?(_ text: String) {
        guard let date = Self.date(text) else { return nil }
        self.text = text
        self.date = date
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    public var description: String { text }

    private static func date(_ text: String) -> Date? {
        var rest = Array(text.utf8)[...]
        func digits(_ count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            var value = 0
            for byte in rest.prefix(count) {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            rest = rest.dropFirst(count)
            return value
        }
        func sign(_ characters: String) -> UInt8? {
            guard let byte = rest.first, characters.utf8.contains(byte) else { return nil }
            rest = rest.dropFirst()
            return byte
        }
        guard text.utf8.count <= 40,
            let year = digits(4), year > 1, sign("-") != nil,
            let month = digits(2), (1...12).contains(month), sign("-") != nil,
            let day = digits(2), (1...31).contains(day), sign("Tt") != nil,
            let hour = digits(2), hour < 24, sign(":") != nil,
            let minute = digits(2), minute < 60, sign(":") != nil,
            let second = digits(2), second <= 60
        else { return nil }
        var microseconds = 0
        if sign(".") != nil {
            var scale = 100_000
            guard let first = digits(1) else { return nil }
            microseconds = first * scale
            while let digit = digits(1) {
                scale /= 10
                microseconds += digit * scale
            }
        }
        var offset = 0
        guard let zone = sign("Zz+-") else { return nil }
        if zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-") {
            guard let hours = digits(2), sign(":") != nil, let minutes = digits(2) else { return nil }
            offset = (hours * 60 + minutes) * (zone == UInt8(ascii: "+") ? 60 : -60)
        }
        guard rest.isEmpty else { return nil }
        let seconds = daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + Double(microseconds) / 1_000_000)
    }

    /// Years are counted from March: then the day that some of them lack comes last.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let daysInYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + daysInYear - 719_468
    }
}
