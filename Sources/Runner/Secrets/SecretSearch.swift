/// What an output is searched for: values and their forms as they stand, base64 wherever its lines are broken, and values
/// in percent-encoding.
///
/// They are three automata, because one that passes over line ends would lose a value that has some, and one that decodes
/// a value that looks encoded.
struct SecretSearch: Sendable {
    /// Sees every byte.
    let plain: SecretAutomaton
    /// Sees every byte that ends no line.
    let encoded: SecretAutomaton
    /// Sees what a `PercentReader` makes of the bytes, from a percent sign on. Its forms are plain ones as well, so up to
    /// there `plain` knows what has begun.
    let percentDecoded: SecretAutomaton
    /// For each state of `plain` that of `percentDecoded` after the same bytes.
    private let decodedStates: [Int32]
    /// The bytes with which an occurrence can begin.
    private let begins: [Bool]
    /// One bit for each pair of bytes with which one can begin: in text, single letters begin one nearly everywhere.
    private let pairs: [UInt64]

    init(_ patterns: SecretPatterns) {
        plain = SecretAutomaton(patterns.plain)
        encoded = SecretAutomaton(patterns.encoded)
        percentDecoded = SecretAutomaton(patterns.percentDecoded)
        decodedStates = plain.states(in: percentDecoded)
        var begins = [Bool](repeating: false, count: 256)
        for automaton in [plain, encoded, percentDecoded] {
            for value in UInt8.min...UInt8.max where automaton.next(0, value) != 0 { begins[Int(value)] = true }
        }
        if !patterns.percentDecoded.isEmpty { begins[Int(PercentReader.sign)] = true }
        self.begins = begins
        // Each form has more than two bytes (`SecretPatterns.shortest`).
        var pairs = [UInt64](repeating: 0, count: 1 << 10)
        func add(_ first: UInt8, _ second: UInt8) {
            let pair = Int(first) << 8 | Int(second)
            pairs[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        for form in patterns.plain.union(patterns.encoded) where form.count >= 2 { add(form[0], form[1]) }
        for form in patterns.encoded where !form.isEmpty {
            // The line may be broken there.
            for lineEnd in UInt8.min...UInt8.max where Self.isLineEnd(lineEnd) { add(form[0], lineEnd) }
        }
        for form in patterns.percentDecoded {
            for (first, second) in PercentReader.beginnings(form) { add(first, second) }
        }
        self.pairs = pairs
    }

    /// The state of `percentDecoded` where `plain` is in this one.
    func decoded(_ state: Int32) -> Int32 { decodedStates[Int(state)] }

    /// Whether a byte ends a line, or is the first of the two that do.
    static func isLineEnd(_ value: UInt8) -> Bool { value == UInt8(ascii: "\n") || value == UInt8(ascii: "\r") }

    /// The first place from `start` on where an occurrence could begin. Of the last byte alone little is known.
    func firstCandidate(in bytes: [UInt8], from start: Int) -> Int {
        pairs.withUnsafeBufferPointer { pairs in
            bytes.withUnsafeBufferPointer { bytes in
                var place = start
                let last = bytes.count - 1
                while place < last {
                    let pair = Int(bytes[place]) << 8 | Int(bytes[place + 1])
                    if pairs[pair >> 6] & 1 << UInt64(pair & 63) != 0 { return place }
                    place += 1
                }
                if place == last, !begins[Int(bytes[last])] { place += 1 }
                return place
            }
        }
    }
}
