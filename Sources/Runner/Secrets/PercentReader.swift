/// Searches one stream for values in percent-encoding, whatever an encoder spares: each byte of a value may stand as itself
/// or as `%` and two digits, in either case.
///
/// The stream is decoded on the way, and each byte that comes of it is a symbol. So the automaton is one of the values
/// themselves, and needs no state for any of the forms. It is read from a percent sign on, until nothing has begun any more.
struct PercentReader: Sendable {
    /// What begins an encoded byte.
    static let sign = UInt8(ascii: "%")

    private var state: Int32 = 0
    /// How many bytes wait for the next ones to tell what they are: a sign, or a sign and a digit.
    private var waiting = 0
    /// The digit that waits.
    private var digit: UInt8 = 0
    /// Where in the stream the last symbols begin, at their count. Symbols that led to no state are not counted.
    private var starts: [Int]
    private var count = 0

    /// - Parameter automaton: what is going to be searched for.
    init(_ automaton: SecretAutomaton) {
        var size = 1
        while size < automaton.deepest { size *= 2 }
        starts = [Int](repeating: 0, count: size)
    }

    /// Whether nothing has begun: bytes with which nothing can begin may be skipped.
    var isIdle: Bool { state == 0 && waiting == 0 }

    /// Begins at a place, before which every byte was itself.
    ///
    /// - Parameter state: what had begun there.
    mutating func begin(_ state: Int32, at place: Int, _ automaton: SecretAutomaton) {
        self.state = state
        let depth = automaton.depth(state)
        for symbol in 0..<depth { starts[symbol] = place - depth + symbol }
        count = depth
    }

    /// Reads the next byte of the stream.
    ///
    /// - Returns: the stretch of the stream that is to be masked. One byte may complete several occurrences, whose ends
    ///   are nearer to each other than the shortest is long: they are one stretch.
    mutating func read(_ byte: UInt8, at place: Int, _ automaton: SecretAutomaton) -> Range<Int>? {
        if waiting == 0, byte != Self.sign { return take(byte, place, end: place + 1, automaton) }
        if waiting > 0, let low = Self.value(byte) {
            if waiting == 1 {
                (waiting, digit) = (2, byte)
                return nil
            }
            waiting = 0
            return take((Self.value(digit) ?? 0) << 4 | low, place - 2, end: place + 1, automaton)
        }
        let found = settle(at: place, automaton)
        if byte == Self.sign {
            waiting = 1
            return found
        }
        return Self.union(found, take(byte, place, end: place + 1, automaton))
    }

    /// What waits before this place stands for itself.
    ///
    /// - Returns: the stretch of the stream that is to be masked.
    mutating func settle(at place: Int, _ automaton: SecretAutomaton) -> Range<Int>? {
        guard waiting > 0 else { return nil }
        let start = place - waiting
        let hasDigit = waiting == 2
        waiting = 0
        let found = take(Self.sign, start, end: start + 1, automaton)
        return hasDigit ? Self.union(found, take(digit, start + 1, end: start + 2, automaton)) : found
    }

    /// How many bytes before this place may belong to an occurrence that has not ended yet.
    func kept(at place: Int, _ automaton: SecretAutomaton) -> Int {
        state == 0 ? waiting : place - start(ofLast: automaton.depth(state))
    }

    private mutating func take(
        _ symbol: UInt8, _ start: Int, end: Int, _ automaton: SecretAutomaton
    ) -> Range<Int>? {
        state = automaton.next(state, symbol)
        guard state != 0 else { return nil }
        starts[count & (starts.count - 1)] = start
        count += 1
        let length = automaton.match(state)
        return length > 0 ? self.start(ofLast: length)..<end : nil
    }

    private func start(ofLast symbols: Int) -> Int { starts[(count - symbols) & (starts.count - 1)] }

    private static func union(_ first: Range<Int>?, _ second: Range<Int>?) -> Range<Int>? {
        guard let first, let second else { return first ?? second }
        return min(first.lowerBound, second.lowerBound)..<max(first.upperBound, second.upperBound)
    }

    /// What a hexadecimal digit stands for.
    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// The value as it is read where an encoder spares percent signs.
    static func decoded(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var place = 0
        while place < value.count {
            if value[place] == sign, place + 2 < value.count, let high = Self.value(value[place + 1]),
                let low = Self.value(value[place + 2])
            {
                result.append(high << 4 | low)
                place += 3
            } else {
                result.append(value[place])
                place += 1
            }
        }
        return result
    }

    /// The pairs of bytes with which a value can begin in the stream.
    static func beginnings(_ value: [UInt8]) -> [(UInt8, UInt8)] {
        guard value.count >= 2 else { return [] }
        let digits = Set("0123456789ABCDEF".utf8).union("abcdef".utf8)
            .filter { Self.value($0) == value[0] >> 4 }
        return [(value[0], value[1]), (value[0], sign)] + digits.map { (sign, $0) }
    }
}
