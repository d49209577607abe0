import YAML

/// A text of one line for people: a title, a group's name.
struct PlainText: TextKind {
    var maximumBytes = 200
    var isFree: Bool { true }
    var expected: String { "a text" }
    var plural: String { "texts" }

    func parse(_ text: String) throws(Mistake) -> String {
        guard text.contains(where: { !$0.isWhitespace }) else { throw Mistake("an empty text") }
        guard text.hasNoControlCharacters else { throw Mistake("a line break or control character in a name") }
        return text
    }
}

/// The value of an environment variable. A number or truth value is taken as it is written: `012` is `012`.
struct VariableValue: ValueKind {
    static let maximumBytes = 64 << 10

    var expected: String { "a text" }
    var plural: String { "texts" }

    func read(_ node: YAMLNode, _ findings: Findings) -> String? {
        guard let scalar = node.scalar else { return mismatch(node, findings) }
        guard !node.isNull else { return mismatch(node, findings, hint: "; write '' for an empty text") }
        guard !scalar.text.utf8.contains(0) else {
            findings.error(node.start, "a zero byte cannot be part of an environment variable")
            return nil
        }
        guard scalar.text.utf8.count <= Self.maximumBytes else {
            findings.error(node.start, "longer than \(Self.maximumBytes) bytes")
            return nil
        }
        return scalar.text
    }
}

/// The name of an environment variable.
struct VariableName: TextKind {
    var maximumBytes: Int { 256 }
    var expected: String { "a variable's name" }
    var plural: String { "names" }

    func parse(_ text: String) throws(Mistake) -> String {
        let isName = text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
        guard isName, let first = text.utf8.first, !first.isASCIIDigit else {
            throw Mistake("\(quoted(text)) is not a variable's name: letters, digits and _, not beginning with a digit")
        }
        return text
    }
}

extension String {
    /// None of U+0000 to U+001F and U+007F to U+009F.
    var hasNoControlCharacters: Bool { unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
}

extension UInt8 {
    var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}
