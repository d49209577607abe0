/// An address of this server that a browser may be sent to after the sign-in; whatever else is asked for becomes `/`.
struct LocalAddress: Sendable, Hashable {
    /// Path and query.
    let path: String

    /// - Parameter text: what somebody put into a link: it may come from anywhere.
    init(_ text: String?) { path = text.flatMap { Self.isLocal($0) ? $0 : nil } ?? "/" }

    /// The page that led here, which browsers tell within one site only.
    init(referer: String?, externalURL: String, host: String?) {
        let starts = [externalURL] + (host.map { ["http://\($0)", "https://\($0)"] } ?? [])
        let start = starts.first { referer?.hasPrefix($0 + "/") == true }
        self.init(start.flatMap { start in referer.map { String($0.dropFirst(start.count)) } })
    }

    /// Two slashes, or a slash and a backslash, would be another host for a browser; so would one after a tab.
    private static func isLocal(_ text: String) -> Bool {
        guard text.hasPrefix("/"), !text.hasPrefix("//"), (1...1000).contains(text.utf8.count) else { return false }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else { return false }
        return !["/_login", "/_auth", "/_logout"].contains { text.hasPrefix($0) }
    }
}
