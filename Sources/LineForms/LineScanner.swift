/// Goes over a plain line once, and puts words in the place of what is another in each run; see `LineForm`.
struct LineScanner {
    /// The line as it counts.
    private(set) var output: [UInt8]
    let line: UnsafeBufferPointer<UInt8>
    private var place = 0

    private static let time = Array("<time>".utf8)
    private static let duration = Array("<duration>".utf8)
    private static let id = Array("<id>".utf8)
    private static let percent = Array("<percent>".utf8)
    private static let number = Array("<n>".utf8)
    private static let rate = Array("<rate>".utf8)
    private static let temporary = Array("/tmp/<name>".utf8)
    /// A number behind one of these is another one each time.
    private static let numbered = ["pid ", "pid=", "pid: ", "pid:", "port ", "localhost:", "127.0.0.1:", "0.0.0.0:"]
        .map { Array($0.utf8) }

    /// - Parameter output: empty; its memory is used.
    init(_ line: UnsafeBufferPointer<UInt8>, output: [UInt8]) {
        self.line = line
        self.output = output
    }

    mutating func run() {
        beginning()
        while place < line.count {
            let byte = line[place]
            if Self.isAlphanumeric(byte) {
                word()
            } else if byte == UInt8(ascii: "/"), let length = TimeForms.temporaryPath(line, place), !isInName {
                emit(Self.temporary, length)
            } else if Self.isRule(byte) {
                rule(byte)
            } else {
                output.append(byte)
                place += 1
            }
        }
    }

    /// `#5 0.123 …` of an image's build: a step's number is not the same in each run, and behind it stands the time.
    private mutating func beginning() {
        guard line.first == UInt8(ascii: "#") else { return }
        var end = TimeForms.digits(line, 1)
        guard end > 1, end == line.count || line[end] == 0x20 else { return }
        output.append(UInt8(ascii: "#"))
        place = 1
        emit(Self.number, end - 1)
        guard end < line.count, let next = TimeForms.number(line, end + 1), line[end + 1..<next].contains(0x2E),
            next == line.count || line[next] == 0x20
        else { return }
        output.append(0x20)
        end += 1
        place = end
        emit(Self.time, next - end)
    }

    /// At the beginning of a run of letters and digits.
    private mutating func word() {
        if line[place] <= UInt8(ascii: "9") {
            if let length = TimeForms.time(line, place) { return emit(Self.time, length) }
            if let length = DurationForms.duration(line, place) { return emit(Self.duration, length) }
            if let length = DurationForms.rate(line, place) { return emit(Self.rate, length) }
            if let length = percentLength { return emit(Self.percent, length) }
            if let length = counterLength { return emit(Self.number, length) }
        } else if let length = TimeForms.date(line, place) {
            return emit(Self.time, length)
        }
        if let length = IDForms.id(line, place) { return emit(Self.id, length) }
        var end = place
        var isNumber = true
        while end < line.count, Self.isAlphanumeric(line[end]) {
            if line[end] > UInt8(ascii: "9") { isNumber = false }
            end += 1
        }
        if isNumber {
            if isYear(end) { return emit(Self.time, end - place) }
            if Self.numbered.contains(where: { isBehind($0) }) { return emit(Self.number, end - place) }
        }
        output += line[place..<end]
        place = end
    }

    /// `[ 61%]`, `(61%)`, or at the beginning of the line: progress. Elsewhere a share may be what the line is about.
    private var percentLength: Int? {
        guard let end = TimeForms.number(line, place), end < line.count, line[end] == UInt8(ascii: "%") else {
            return nil
        }
        guard let before = output.last(where: { $0 != 0x20 && $0 != 0x09 }) else { return end + 1 - place }
        return before == UInt8(ascii: "[") || before == UInt8(ascii: "(") ? end + 1 - place : nil
    }

    /// `[12/345]` at the beginning of the line.
    private var counterLength: Int? {
        guard output.last == UInt8(ascii: "["), output.dropLast().allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else {
            return nil
        }
        let slash = TimeForms.digits(line, place)
        guard slash < line.count, line[slash] == UInt8(ascii: "/") else { return nil }
        let end = TimeForms.digits(line, slash + 1)
        return end > slash + 1 && end < line.count && line[end] == UInt8(ascii: "]") ? end - place : nil
    }

    /// `2026` behind a time.
    private func isYear(_ end: Int) -> Bool {
        guard end - place == 4, output.last == 0x20, output.dropLast().suffix(Self.time.count).elementsEqual(Self.time)
        else { return false }
        return line[place] == UInt8(ascii: "1") && line[place + 1] == UInt8(ascii: "9")
            || line[place] == UInt8(ascii: "2") && line[place + 1] == UInt8(ascii: "0")
    }

    /// Without regard to the case of letters.
    private func isBehind(_ word: [UInt8]) -> Bool {
        output.count >= word.count
            && zip(output.suffix(word.count), word).allSatisfy {
                $0 == $1 || $0 | 0x20 == $1 && Self.isAlphanumeric($0)
            }
    }

    private var isInName: Bool {
        guard place > 0 else { return false }
        let before = line[place - 1]
        return Self.isAlphanumeric(before) || before == UInt8(ascii: ".") || before == UInt8(ascii: "_")
    }

    /// Rules are as long as the text in them leaves room for.
    private mutating func rule(_ byte: UInt8) {
        var end = place
        while end < line.count, line[end] == byte { end += 1 }
        for _ in 0..<min(4, end - place) { output.append(byte) }
        place = end
    }

    /// Columns are as wide as what stands in them, so one blank is as good as several before a word.
    private mutating func emit(_ word: [UInt8], _ length: Int) {
        place += length
        var isSpaced = false
        while let last = output.last, last == 0x20 || last == 0x09 {
            output.removeLast()
            isSpaced = true
        }
        if let last = output.last, last == UInt8(ascii: "[") || last == UInt8(ascii: "(") { isSpaced = false }
        // A date, and the time of day behind it.
        if word == Self.time, output.suffix(word.count).elementsEqual(word) { return }
        if isSpaced, !output.isEmpty { output.append(0x20) }
        output += word
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }

    private static func isRule(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "*"), UInt8(ascii: "#"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
