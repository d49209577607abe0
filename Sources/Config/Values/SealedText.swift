import Model
import YAML

/// What `kozmic secret seal` prints. Only the controller can open it; its form anybody can check.
struct SealedText: TextKind {
    var maximumBytes: Int { 128 << 10 }
    var expected: String { "a sealed value" }
    var plural: String { "sealed values" }

    /// The message never shows the text: it may be the secret itself, put there by mistake.
    func parse(_ text: String) throws(Mistake) -> SealedSecret {
        do throws(SealedSecretProblem) {
            return try SealedSecret(text)
        } catch {
            throw Mistake(
                text.hasPrefix(SealedSecret.prefix)
                    ? "a sealed value that is cut or changed; copy all that 'kozmic secret seal' prints"
                    : "not a sealed value; make one with 'kozmic secret seal', it begins with \(SealedSecret.prefix)")
        }
    }
}

/// A value that also tells where it stands.
struct Placed<Kind: ValueKind>: ValueKind {
    var kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    var expected: String { kind.expected }
    var plural: String { kind.plural }

    func read(_ node: YAMLNode, _ findings: Findings) -> Located<Kind.Value>? {
        kind.read(node, findings).map { Located(value: $0, position: node.start) }
    }
}
