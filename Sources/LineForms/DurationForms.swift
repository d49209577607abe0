/// How long something took, and how fast it was, in a line. Each function answers how many bytes the form has that begins
/// at a place, or `nil`.
enum DurationForms {
    typealias Line = UnsafeBufferPointer<UInt8>

    /// That follow a number with or without a blank.
    private static let units = names(
        "ns us µs μs ms msec millis millisecond milliseconds s sec secs second seconds min mins minute minutes hour hours"
    )
    /// That would mean something else behind a blank.
    private static let close = names("m h hr hrs")

    private static func names(_ text: String) -> Set<[UInt8]> { Set(text.split(separator: " ").map { Array($0.utf8) }) }

    /// `12ms`, `1.5 s`, `1m23.4s`, `1 min 2 s`
    static func duration(_ line: Line, _ start: Int) -> Int? {
        var place = start
        var found: Int?
        // Nobody writes more of them.
        for _ in 0..<4 {
            guard let number = TimeForms.number(line, place) else { break }
            let isSpaced = TimeForms.has(line, number, " ")
            let unit = isSpaced ? number + 1 : number
            var end = unit
            while end < line.count, isUnit(line[end]) { end += 1 }
            guard end > unit, end - unit <= 12 else { break }
            let name = Array(line[unit..<end])
            guard units.contains(name) || !isSpaced && close.contains(name) else { break }
            // Another one may follow at once, or behind a blank.
            if TimeForms.isAlphanumeric(line, end) {
                place = end
                continue
            }
            found = end - start
            guard TimeForms.has(line, end, " ") else { break }
            place = end + 1
        }
        return found
    }

    /// `12.3 MB/s`
    static func rate(_ line: Line, _ start: Int) -> Int? {
        guard var place = TimeForms.number(line, start) else { return nil }
        if TimeForms.has(line, place, " ") { place += 1 }
        if place < line.count, "kKMGT".utf8.contains(line[place]) { place += 1 }
        if TimeForms.has(line, place, "i") { place += 1 }
        return TimeForms.has(line, place, "B/s") ? place + 3 - start : nil
    }

    /// Letters, and the two characters that stand for a millionth.
    private static func isUnit(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte == 0xC2 || byte == 0xB5 || byte == 0xCE || byte == 0xBC
    }
}
