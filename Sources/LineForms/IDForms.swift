/// What was drawn by lot, or is a hash.
enum IDForms {
    typealias Line = UnsafeBufferPointer<UInt8>

    private static let least = 7
    /// Of an address in memory.
    private static let leastOfAddress = 6
    private static let groups = [8, 4, 4, 4, 12]

    /// Digits of a time since 1970, in seconds or parts of them.
    private static let timeDigits = [10, 13, 16, 19]

    /// Seven hexadecimal digits or more, among them letters and decimal ones; a time since 1970; an address in memory; a
    /// UUID. Other numbers are sizes or counts, and may be what differs.
    static func id(_ line: Line, _ start: Int) -> Int? {
        if TimeForms.has(line, start, "0x") {
            let end = hexEnd(line, start + 2)
            return end - start - 2 >= leastOfAddress && !TimeForms.isAlphanumeric(line, end) ? end - start : nil
        }
        let end = hexEnd(line, start)
        guard end - start >= least, !TimeForms.isAlphanumeric(line, end) else { return nil }
        if let end = uuidEnd(line, start) { return end - start }
        let decimals = line[start..<end].count { $0 <= UInt8(ascii: "9") }
        if decimals == end - start {
            return line[start] == UInt8(ascii: "1") && timeDigits.contains(decimals) ? decimals : nil
        }
        // Without decimal digits it is a word, such as "defaced".
        return decimals > 0 ? end - start : nil
    }

    private static func uuidEnd(_ line: Line, _ start: Int) -> Int? {
        var place = start
        for (number, length) in groups.enumerated() {
            let end = hexEnd(line, place)
            guard end - place == length else { return nil }
            if number == groups.count - 1 { return TimeForms.isAlphanumeric(line, end) ? nil : end }
            guard TimeForms.has(line, end, "-") else { return nil }
            place = end + 1
        }
        return nil
    }

    private static func hexEnd(_ line: Line, _ start: Int) -> Int {
        var end = start
        while end < line.count, line[end] &- 0x30 < 10 || (line[end] | 0x20) &- 0x61 < 6 { end += 1 }
        return end
    }
}
