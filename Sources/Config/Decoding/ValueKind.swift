import YAML

/// What a value has to look like, and what is made of it.
protocol ValueKind<Value> {
    associatedtype Value
    /// As a message calls it: `a text`.
    var expected: String { get }
    /// Several of them: `texts`.
    var plural: String { get }
    /// `nil`, with an error, when the node is something else.
    func read(_ node: YAMLNode, _ findings: Findings) -> Value?
}

extension ValueKind {
    /// Reports that the node is of the wrong type.
    func mismatch(_ node: YAMLNode, _ findings: Findings, hint: String = "") -> Value? {
        findings.error(node.start, "expected \(expected), found \(node.kind)\(hint)")
        return nil
    }
}

/// Why a text is not what it should be, in one sentence.
struct Mistake: Error, Equatable {
    var message: String
    init(_ message: String) { self.message = message }
}

/// A kind of value that is written as one text.
protocol TextKind<Value>: ValueKind {
    associatedtype Value
    /// How long the text may be, in bytes.
    var maximumBytes: Int { get }
    /// Whether a number or truth value was most likely meant as text.
    var isFree: Bool { get }
    func parse(_ text: String) throws(Mistake) -> Value
}

extension TextKind {
    var maximumBytes: Int { 1024 }
    var isFree: Bool { false }

    func read(_ node: YAMLNode, _ findings: Findings) -> Value? {
        guard let scalar = node.scalar, case .string(let text) = scalar.value else {
            let isScalar = node.scalar != nil && !node.isNull
            return mismatch(node, findings, hint: isFree && isScalar ? "; put it in quotes" : "")
        }
        return read(text, at: node.start, findings)
    }

    /// Reads a text that stands at a place, such as a mapping's key.
    func read(_ text: String, at position: YAMLPosition, _ findings: Findings) -> Value? {
        do throws(Mistake) {
            guard text.utf8.count <= maximumBytes else { throw Mistake("longer than \(maximumBytes) bytes") }
            return try parse(text)
        } catch {
            findings.error(position, error.message)
            return nil
        }
    }
}
