/// Finds all occurrences of many byte strings in one pass over a stream (Aho and Corasick, 1975).
///
/// A state is the longest end of what was read that begins one of the strings; it is a number, and 0 when there is none.
/// Each byte is looked at once, whatever the strings are, so no output can slow the runner down.
struct SecretAutomaton: Sendable {
    /// The states are the nodes of a tree of all strings, each with its first child and its next sibling: nearly all
    /// have one child, and a table of 256 for each would need a megabyte for one long key.
    private var firstChild: [Int32] = [0]
    private var sibling: [Int32] = [0]
    private var byte: [UInt8] = [0]
    private var fallback: [Int32] = [0]
    private var depths: [Int32] = [0]
    private var matches: [Int32] = [0]
    /// The root's children: here nearly all bytes of an output end.
    private var root = [Int32](repeating: 0, count: 256)

    init(_ patterns: some Sequence<[UInt8]>) {
        for pattern in patterns where !pattern.isEmpty { insert(pattern) }
        link()
    }

    /// The most that `depth` can be.
    var deepest: Int { Int(depths.max() ?? 0) }

    /// How many of the last bytes may belong to an occurrence that has not ended yet.
    func depth(_ state: Int32) -> Int { Int(depths[Int(state)]) }

    /// The length of the longest occurrence that ends with the last byte; 0 when there is none.
    func match(_ state: Int32) -> Int { Int(matches[Int(state)]) }

    /// The state after one more byte.
    func next(_ state: Int32, _ value: UInt8) -> Int32 {
        var state = state
        while state != 0 {
            if let child = child(of: state, value) { return child }
            state = fallback[Int(state)]
        }
        return root[Int(value)]
    }

    /// For each state, that of another automaton after the same bytes.
    func states(in other: SecretAutomaton) -> [Int32] {
        var states = [Int32](repeating: 0, count: byte.count)
        // A node is made after the one above it.
        for state in states.indices {
            var child = firstChild[state]
            while child != 0 {
                states[Int(child)] = other.next(states[state], byte[Int(child)])
                child = sibling[Int(child)]
            }
        }
        return states
    }

    private func child(of state: Int32, _ value: UInt8) -> Int32? {
        var child = firstChild[Int(state)]
        while child != 0 {
            if byte[Int(child)] == value { return child }
            child = sibling[Int(child)]
        }
        return nil
    }

    private mutating func insert(_ pattern: [UInt8]) {
        var state: Int32 = 0
        for value in pattern {
            let existing = state == 0 ? (root[Int(value)] == 0 ? nil : root[Int(value)]) : child(of: state, value)
            if let existing {
                state = existing
                continue
            }
            let node = Int32(byte.count)
            firstChild.append(0)
            sibling.append(firstChild[Int(state)])
            byte.append(value)
            fallback.append(0)
            depths.append(depths[Int(state)] + 1)
            matches.append(0)
            firstChild[Int(state)] = node
            if state == 0 { root[Int(value)] = node }
            state = node
        }
        matches[Int(state)] = depths[Int(state)]
    }

    /// Level by level: a node's fallback is nearer to the root, so it is complete by then.
    private mutating func link() {
        var level = Array(root.filter { $0 != 0 })
        while !level.isEmpty {
            var below: [Int32] = []
            for state in level {
                var child = firstChild[Int(state)]
                while child != 0 {
                    let target = next(fallback[Int(state)], byte[Int(child)])
                    fallback[Int(child)] = target
                    if matches[Int(child)] == 0 { matches[Int(child)] = matches[Int(target)] }
                    below.append(child)
                    child = sibling[Int(child)]
                }
            }
            level = below
        }
    }
}
