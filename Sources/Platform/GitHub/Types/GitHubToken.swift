/// An access token. It is never printed.
public struct GitHubToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    /// White space around the token, as files have it at their end, is no part of it.
    public init(_ value: String) {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        self.value = String(value.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    /// `nil` when there is no token.
    ///
    /// - Throws: when it holds what no header can, such as a line break in the middle.
    func authorization() throws(GitHubError) -> String? {
        guard !value.isEmpty else { return nil }
        guard value.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw GitHubError(kind: .unauthorized, message: "the token holds characters that no token has")
        }
        return "Bearer \(value)"
    }

    public var description: String { "<token>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
