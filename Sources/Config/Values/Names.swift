import Model
import YAML

/// `owner/name` on GitHub.
struct RepositoryText: TextKind {
    var expected: String { "a repository such as acme/widget" }
    var plural: String { "repositories" }

    func parse(_ text: String) throws(Mistake) -> RepositoryName {
        if let name = RepositoryName(text) { return name }
        let hint = text.contains("://") || text.hasSuffix(".git") ? "; only owner/name, not the whole address" : ""
        throw Mistake("expected \(expected), found \(quoted(text))\(hint)")
    }
}

/// The login of a GitHub account.
struct Login: TextKind {
    var isFree: Bool { true }
    var expected: String { "a GitHub login" }
    var plural: String { "logins" }

    func parse(_ text: String) throws(Mistake) -> String {
        // A login is what may stand before the slash of a repository's name.
        guard RepositoryName("\(text)/x") != nil else {
            throw Mistake("\(quoted(text)) is not a GitHub login" + (text.hasPrefix("@") ? "; write it without @" : ""))
        }
        return text
    }
}

/// The slug of a team: the last part of its address, not its display name.
struct TeamSlug: TextKind {
    var expected: String { "a team's slug" }
    var plural: String { "teams" }

    func parse(_ text: String) throws(Mistake) -> String {
        let isSlug = text.utf8.allSatisfy {
            ($0.isASCIILetter && $0 >= 0x61) || $0.isASCIIDigit || "-_.".utf8.contains($0)
        }
        guard isSlug, (1...100).contains(text.utf8.count) else {
            throw Mistake(
                "\(quoted(text)) is not a team's slug: lower-case letters, digits, - and _, without the organization")
        }
        return text
    }
}

/// A user in the container: a name or number, with a group if need be.
struct ContainerUserText: ValueKind {
    var expected: String { "a user's name" }
    var plural: String { "users" }

    func read(_ node: YAMLNode, _ findings: Findings) -> String? {
        guard let scalar = node.scalar else { return mismatch(node, findings) }
        switch scalar.value {
        case .string, .int: break
        default: return mismatch(node, findings)
        }
        let parts = scalar.text.split(separator: ":", omittingEmptySubsequences: false)
        let areNames = parts.allSatisfy { part in
            (1...32).contains(part.utf8.count) && part.utf8.first != UInt8(ascii: "-")
                && part.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "_.-".utf8.contains($0) }
        }
        guard parts.count <= 2, areNames else {
            findings.error(node.start, "expected \(expected), found \(quoted(scalar.text))")
            return nil
        }
        return scalar.text
    }
}

/// A public SSH key as in `authorized_keys`.
struct SignerKey: TextKind {
    var maximumBytes: Int { 16 << 10 }
    var expected: String { "a public SSH key" }
    var plural: String { "public SSH keys" }

    func parse(_ text: String) throws(Mistake) -> String {
        guard !text.contains("PRIVATE KEY") else { throw Mistake("a private key: never put one here, and replace it") }
        guard let key = SSHPublicKey(text), text.hasNoControlCharacters else {
            throw Mistake("not a public SSH key such as 'ssh-ed25519 AAAA…'")
        }
        guard key.kind == SSHPublicKey.verifiableKind else {
            throw Mistake(
                "signatures of \(key.kind) keys cannot be verified here; use an \(SSHPublicKey.verifiableKind) key")
        }
        return text
    }
}
