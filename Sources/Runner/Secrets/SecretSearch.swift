/// What an output is searched for: values and their forms as they stand, and base64 wherever its lines are broken.
///
/// They are two automata, because one that passes over line ends would lose a value that has some.
struct SecretSearch: Sendable {
    /// Sees every byte.
    let plain: SecretAutomaton
    /// Sees every byte that ends no line.
    let encoded: SecretAutomaton
    private let begins: [Bool]

    init(_ patterns: SecretPatterns) {
        plain = SecretAutomaton(patterns.plain)
        encoded = SecretAutomaton(patterns.encoded)
        begins = [plain, encoded].reduce(into: [Bool](repeating: false, count: 256)) { begins, automaton in
            for value in UInt8.min...UInt8.max where automaton.next(0, value) != 0 { begins[Int(value)] = true }
        }
    }

    /// Whether a byte ends a line, or is the first of the two that do.
    static func isLineEnd(_ value: UInt8) -> Bool { value == UInt8(ascii: "\n") || value == UInt8(ascii: "\r") }

    /// The first place from `start` on where an occurrence could begin.
    func firstCandidate(in bytes: [UInt8], from start: Int) -> Int {
        begins.withUnsafeBufferPointer { begins in
            bytes.withUnsafeBufferPointer { bytes in
                var place = start
                while place < bytes.count, !begins[Int(bytes[place])] { place += 1 }
                return place
            }
        }
    }
}
