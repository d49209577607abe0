import YAML

/// A whole number within bounds.
struct Whole: ValueKind {
    var range: ClosedRange<Int>

    init(_ range: ClosedRange<Int>) { self.range = range }

    var expected: String { "a whole number" }
    var plural: String { "whole numbers" }

    func read(_ node: YAMLNode, _ findings: Findings) -> Int? {
        guard case .int(let number)? = node.scalar?.value else {
            if case .float? = node.scalar?.value { return refuse(node, findings) }
            return mismatch(node, findings)
        }
        return range.contains(number) ? number : refuse(node, findings)
    }

    private func refuse(_ node: YAMLNode, _ findings: Findings) -> Int? {
        findings.error(
            node.start,
            "expected a whole number from \(range.lowerBound) to \(range.upperBound), "
                + "found \(quoted(node.scalar?.text ?? ""))")
        return nil
    }
}

/// A number from 0 to 1.
struct Fraction: ValueKind {
    var expected: String { "a number from 0 to 1" }
    var plural: String { "numbers from 0 to 1" }

    func read(_ node: YAMLNode, _ findings: Findings) -> Double? {
        let number: Double
        switch node.scalar?.value {
        case .int(let whole): number = Double(whole)
        case .float(let value): number = value
        default: return mismatch(node, findings)
        }
        guard (0...1).contains(number) else {
            findings.error(node.start, "expected \(expected), found \(quoted(node.scalar?.text ?? ""))")
            return nil
        }
        return number
    }
}

/// A number of cores, such as `2` or `0.5`; becomes thousandths.
struct Cores: ValueKind {
    var expected: String { "a number of cores such as 2 or 0.5" }
    var plural: String { "numbers of cores" }

    func read(_ node: YAMLNode, _ findings: Findings) -> Int? {
        let number: Double
        switch node.scalar?.value {
        case .int(let whole): number = Double(whole)
        case .float(let value): number = value
        default: return mismatch(node, findings)
        }
        guard (0.01...1024).contains(number) else {
            findings.error(
                node.start,
                "expected a number of cores from 0.01 to 1024, found \(quoted(node.scalar?.text ?? ""))")
            return nil
        }
        return Int((number * 1000).rounded())
    }
}

/// `true` or `false`.
struct Flag: ValueKind {
    var expected: String { "true or false" }
    var plural: String { "truth values" }

    func read(_ node: YAMLNode, _ findings: Findings) -> Bool? {
        guard let scalar = node.scalar, case .bool(let value) = scalar.value else {
            // Older YAML took these words for truth values, and many people still write them.
            switch node.scalar?.text.lowercased() {
            case "yes", "on", "y": return mismatch(node, findings, hint: "; write true")
            case "no", "off", "n": return mismatch(node, findings, hint: "; write false")
            default: return mismatch(node, findings)
            }
        }
        return value
    }
}
