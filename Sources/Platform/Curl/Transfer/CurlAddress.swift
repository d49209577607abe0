import CLibcurl

/// A URL that libcurl can read, in the form that may be shown.
struct CurlAddress: Sendable, CustomStringConvertible {
    let scheme: String
    let host: String
    /// Method, scheme, host, port and path; never the user, the password, the query or the fragment.
    let description: String
    /// What no message may hold, in case libcurl quotes it.
    private var secrets: [String] = []

    /// Reads a URL with one of these schemes.
    init(_ url: String, verb: String, schemes: Set<String>) throws(CurlError) {
        guard !url.utf8.contains(0), let handle = curl_url() else {
            throw CurlError(.badURL, "\(verb): the URL holds a zero byte")
        }
        defer { curl_url_cleanup(handle) }
        let code = curl_url_set(handle, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME))
        guard code == CURLUE_OK else {
            throw CurlError(.badURL, "\(verb): not a URL: \(String(cString: curl_url_strerror(code)))")
        }
        func part(_ part: CURLUPart, flags: UInt32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        scheme = (part(CURLUPART_SCHEME) ?? "").lowercased()
        host = (part(CURLUPART_HOST) ?? "").lowercased()
        guard schemes.contains(scheme) else {
            let known = schemes.sorted().map { "\($0)://" }.joined(separator: " and ")
            throw CurlError(.badURL, "\(verb): \(known) are spoken here, not \(scheme)://")
        }
        let port = part(CURLUPART_PORT).map { ":\($0)" } ?? ""
        let path = part(CURLUPART_PATH) ?? ""
        let shown = path.count > 300 ? "\(path.prefix(300))…" : path
        description = "\(verb) \(scheme)://\(host)\(port)\(shown)"
        // Most addresses hold none of them.
        let kinds = url.utf8.contains(UInt8(ascii: "@")) ? [CURLUPART_USER, CURLUPART_PASSWORD] : []
        for secret in kinds + (url.utf8.contains(UInt8(ascii: "?")) ? [CURLUPART_QUERY] : []) {
            add(part(secret))
            add(part(secret, flags: UInt32(CURLU_URLDECODE)))
        }
    }

    /// Whether the host is this machine, by its name or its address.
    var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || (host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) })
    }

    /// One more text that no message may hold.
    mutating func add(_ secret: String?) {
        guard let secret, !secret.isEmpty, !secrets.contains(secret) else { return }
        secrets.append(secret)
        // A secret that is part of another one must not spoil the search for that one.
        secrets.sort { $0.count > $1.count }
    }

    /// libcurl's words without the secrets.
    func redact(_ words: String) -> String {
        // libcurl quotes the variable here, which may hold a password.
        if words.hasPrefix("Unsupported proxy") { return "the proxy named in the environment cannot be used" }
        return secrets.reduce(words) { $0.replacing($1, with: "…") }
    }
}
