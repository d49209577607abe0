/// Dates, times of day and names of temporary folders in a line. Each function answers how many bytes the form has that
/// begins at a place, or `nil`.
enum TimeForms {
    typealias Line = UnsafeBufferPointer<UInt8>

    private static let months = names("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
    private static let weekdays = names("Mon Tue Wed Thu Fri Sat Sun")

    private static func names(_ text: String) -> Set<[UInt8]> { Set(text.split(separator: " ").map { Array($0.utf8) }) }

    /// That begins with a digit: `2026-11-30T09:29:30.5Z`, `2026/11/30 09:29`, `30/11/2026`, `20261130T092930Z`,
    /// `30 Nov 2026`, `09:29:30,123`, `[09:29]`.
    static func time(_ line: Line, _ start: Int) -> Int? {
        // A part of something else, such as a version or a place in a file.
        if start > 0, line[start - 1] == UInt8(ascii: ".") || line[start - 1] == UInt8(ascii: ":") { return nil }
        let end = digits(line, start)
        switch end - start {
        case 4: return isoTime(line, start).map { $0 - start }
        case 8: return compactTime(line, start, end).map { $0 - start }
        case 1, 2:
            if let end = clock(line, start) { return end - start }
            if let end = slashDate(line, end) { return end - start }
            if let end = monthAndYear(line, end) { return end - start }
            return shortClock(line, start).map { $0 - start }
        default: return nil
        }
    }

    /// That begins with a letter: `Nov 30`, `Mon Nov 30`, `Mon, 30 Nov 2026`.
    static func date(_ line: Line, _ start: Int) -> Int? {
        var place = start
        if isName(line, place, weekdays) {
            place += 3
            if place < line.count, line[place] == UInt8(ascii: ",") { place += 1 }
            guard let next = blanks(line, place) else { return nil }
            place = next
            let end = digits(line, place)
            if end > place { return monthAndYear(line, end).map { $0 - start } }
        }
        guard isName(line, place, months), let day = blanks(line, place + 3) else { return nil }
        let end = digits(line, day)
        guard (1...2).contains(end - day), !isAlphanumeric(line, end) else { return nil }
        return end - start
    }

    /// `/tmp/xyz`, also below `/var`: up to the end of the first name.
    static func temporaryPath(_ line: Line, _ start: Int) -> Int? {
        for folder in ["/tmp/", "/var/tmp/"] as [StaticString] where has(line, start, folder) {
            var end = start + folder.utf8CodeUnitCount
            let name = end
            while end < line.count, !isPathEnd(line[end]) { end += 1 }
            return end > name ? end - start : nil
        }
        return nil
    }

    private static func isPathEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ":"), UInt8(ascii: ")"),
            UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "`"), UInt8(ascii: ";"), UInt8(ascii: ">"):
            true
        default: false
        }
    }

    /// The place after the digits that begin there.
    static func digits(_ line: Line, _ start: Int) -> Int {
        var end = start
        while end < line.count, line[end] &- 0x30 < 10 { end += 1 }
        return end
    }

    /// The place after `12`, `1.5` or `1,234.5`.
    static func number(_ line: Line, _ start: Int) -> Int? {
        var end = digits(line, start)
        guard end > start else { return nil }
        while end + 1 < line.count, line[end] == UInt8(ascii: ".") || line[end] == UInt8(ascii: ",") {
            let next = digits(line, end + 1)
            guard next > end + 1 else { break }
            end = next
        }
        return end
    }

    /// The place after `09:29:30`, with what is finer.
    private static func clock(_ line: Line, _ start: Int) -> Int? {
        let hours = digits(line, start)
        guard (1...2).contains(hours - start), is2Digits(line, hours, after: ":"),
            is2Digits(line, hours + 3, after: ":")
        else { return nil }
        var end = hours + 6
        if end + 1 < line.count, line[end] == UInt8(ascii: ".") || line[end] == UInt8(ascii: ",") {
            let fine = digits(line, end + 1)
            if fine > end + 1 { end = fine }
        }
        return isAlphanumeric(line, end) && !has(line, end, "Z") || has(line, end, ":") ? nil : end
    }

    /// `[09:29]`: by itself.
    private static func shortClock(_ line: Line, _ start: Int) -> Int? {
        guard start == 0 || " \t[(".utf8.contains(line[start - 1]), digits(line, start) == start + 2,
            is2Digits(line, start + 2, after: ":")
        else { return nil }
        let end = start + 5
        return end == line.count || " \t]),".utf8.contains(line[end]) ? end : nil
    }

    private static func isoTime(_ line: Line, _ start: Int) -> Int? {
        let sign = start + 4 < line.count ? line[start + 4] : 0
        guard sign == UInt8(ascii: "-") || sign == UInt8(ascii: "/"),
            is2Digits(line, start + 4, after: Unicode.Scalar(sign)),
            is2Digits(line, start + 7, after: Unicode.Scalar(sign))
        else { return nil }
        let end = start + 10
        guard end < line.count, "Tt _".utf8.contains(line[end]) else { return isAlphanumeric(line, end) ? nil : end }
        guard let time = clock(line, end + 1) ?? minutes(line, end + 1) ?? nameClock(line, end + 1) else {
            return line[end] == 0x20 ? end : nil
        }
        return zone(line, time)
    }

    private static func minutes(_ line: Line, _ start: Int) -> Int? {
        guard digits(line, start) == start + 2, is2Digits(line, start + 2, after: ":"), !isAlphanumeric(line, start + 5)
        else { return nil }
        return start + 5
    }

    /// As in names of files: `09_29_30_123`, `09-29-30`.
    private static func nameClock(_ line: Line, _ start: Int) -> Int? {
        let sign = start + 2 < line.count ? line[start + 2] : 0
        guard sign == UInt8(ascii: "_") || sign == UInt8(ascii: "-"), digits(line, start) == start + 2,
            is2Digits(line, start + 2, after: Unicode.Scalar(sign)),
            is2Digits(line, start + 5, after: Unicode.Scalar(sign))
        else { return nil }
        let end = start + 8
        guard end < line.count, line[end] == sign else { return end }
        let fine = digits(line, end + 1)
        return fine == end + 4 ? fine : end
    }

    /// After a time: `Z`, `+02:00`, ` +0200`.
    private static func zone(_ line: Line, _ start: Int) -> Int {
        if has(line, start, "Z") { return start + 1 }
        let sign = has(line, start, " ") ? start + 1 : start
        guard sign < line.count, line[sign] == UInt8(ascii: "+") || line[sign] == UInt8(ascii: "-") else {
            return start
        }
        let end = digits(line, sign + 1)
        if end == sign + 5 { return end }
        return end == sign + 3 && is2Digits(line, end, after: ":") ? end + 3 : start
    }

    private static func compactTime(_ line: Line, _ start: Int, _ end: Int) -> Int? {
        guard has(line, end, "T"), digits(line, end + 1) == end + 7 else { return nil }
        return has(line, end + 7, "Z") ? end + 8 : end + 7
    }

    /// After `30`: `/11/2026`.
    private static func slashDate(_ line: Line, _ start: Int) -> Int? {
        guard has(line, start, "/") else { return nil }
        let end = digits(line, start + 1)
        guard (1...2).contains(end - start - 1), has(line, end, "/"), digits(line, end + 1) == end + 5 else {
            return nil
        }
        return end + 5
    }

    /// After `30`: ` Nov 2026`.
    private static func monthAndYear(_ line: Line, _ start: Int) -> Int? {
        guard let month = blanks(line, start), isName(line, month, months), let year = blanks(line, month + 3),
            digits(line, year) == year + 4
        else { return nil }
        return year + 4
    }

    private static func isName(_ line: Line, _ start: Int, _ names: Set<[UInt8]>) -> Bool {
        guard start + 3 <= line.count, line[start] &- 0x41 < 26, !isAlphanumeric(line, start + 3) else { return false }
        return names.contains(Array(line[start..<start + 3]))
    }

    /// The place after one or two blanks.
    private static func blanks(_ line: Line, _ start: Int) -> Int? {
        guard has(line, start, " ") else { return nil }
        return has(line, start + 1, " ") ? start + 2 : start + 1
    }

    private static func is2Digits(_ line: Line, _ start: Int, after sign: Unicode.Scalar) -> Bool {
        start + 3 <= line.count && UInt32(line[start]) == sign.value && line[start + 1] &- 0x30 < 10
            && line[start + 2] &- 0x30 < 10
    }

    static func isAlphanumeric(_ line: Line, _ place: Int) -> Bool {
        place < line.count && LineScanner.isAlphanumeric(line[place])
    }

    static func has(_ line: Line, _ start: Int, _ text: StaticString) -> Bool {
        guard start + text.utf8CodeUnitCount <= line.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where line[start + index] != text.utf8Start[index] { return false }
        return true
    }
}
