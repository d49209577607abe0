/// The address of a mailbox in the plain form `local@domain`: no display name, no quotes, no comments. What passes can
/// stand in a mail's header and in a command for a mail server as it is.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    /// As it was written; the case of the local part belongs to its server.
    public let description: String

    /// `nil` for anything else than a plain address.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count) else { return nil }
        let isLocal = parts[0].utf8.allSatisfy { Self.isLetterOrDigit($0) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains($0) }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        let isDomain = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { Self.isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
        let dots = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        // A leading hyphen could be taken for an option by whatever delivers it.
        guard isLocal, isDomain, !dots.contains(""), parts[0].first != "-" else { return nil }
        description = text
    }

    /// Whether GitHub made it up to hide the real one: nobody reads what is sent there.
    public var isGitHubNoReply: Bool {
        let domain = description.split(separator: "@").last?.lowercased() ?? ""
        return domain == "noreply.github.com" || domain.hasSuffix(".noreply.github.com")
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
