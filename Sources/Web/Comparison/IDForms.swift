/// What was drawn by lot, or is a hash.
enum IDForms {
    typealias Line = UnsafeBufferPointer<UInt8>

    private static let least = 7
    /// Of an address in memory.
    private static let leastOfAddress = 6
    private static let groups = [8, 4, 4, 4, 12]

    /// Seven hexadecimal digits or more, of which one is decimal; an address in memory; a UUID.
    static func id(_ line: Line, _ start: Int) -> Int? {
        if TimeForms.has(line, start, "0x") {
            let end = hexEnd(line, start + 2)
            return end - start - 2 >= leastOfAddress && !TimeForms.isAlphanumeric(line, end) ? end - start : nil
        }
        let end = hexEnd(line, start)
        guard end - start >= least, !TimeForms.isAlphanumeric(line, end) else { return nil }
        if let end = uuidEnd(line, start) { return end - start }
        // A word, such as "defaced".
        return line[start..<end].contains { $0 <= UInt8(ascii: "9") } ? end - start : nil
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
