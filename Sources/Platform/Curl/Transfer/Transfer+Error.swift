import CLibcurl
import Glibc

extension Transfer {
    /// Why libcurl gave up, in our terms.
    func error(_ code: CURLcode) -> CurlError {
        if let problem { return problem }
        var words = libraryWords
        if words.isEmpty { words = String(cString: curl_easy_strerror(code)) }
        let kind = kind(code)
        if case .timeout(let limit) = kind { return timeout(limit) }
        if kind == .connect, let reason = systemReason { words += " (\(reason))" }
        let reply = mailReply
        if let reply, !words.contains("\(reply)") { words += " (\(reply))" }
        var error = exchange.error(kind, words)
        error.reply = reply
        return error
    }

    private var mailReply: Int? {
        var number = 0
        guard case .mail = exchange.order, curl_shim_get_long(easy, CURLINFO_RESPONSE_CODE, &number) == CURLE_OK,
            (400...599).contains(number)
        else { return nil }
        return number
    }

    /// A limit was reached.
    func timeout(_ limit: CurlError.Timeout) -> CurlError {
        let timeouts = exchange.timeouts
        let words =
            switch limit {
            case .connect: "no connection within \(Self.seconds(timeouts.connect))"
            case .idle: "nothing moved for \(Self.seconds(timeouts.idle ?? .zero))"
            case .overall: "not finished after \(Self.seconds(timeouts.overall ?? .zero))"
            }
        return exchange.error(.timeout(limit), words)
    }

    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int64(duration / .milliseconds(1))
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }

    /// What the system said about the socket: libcurl has the same words for a socket that is not there and one that
    /// may not be opened.
    private var systemReason: String? {
        var number = 0
        guard curl_shim_get_long(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK, number != 0 else { return nil }
        return String(cString: strerror(Int32(truncatingIfNeeded: number)))
    }

    private func kind(_ code: CURLcode) -> CurlError.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            .resolve
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY:
            .connect
        case CURLE_OPERATION_TIMEDOUT:
            // All other limits are ours, except the one for the answers of a mail server.
            .timeout(isConnected ? .idle : .connect)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED:
            .tls
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT:
            // Later it is the server's doing: a redirect, or no HTTP at all.
            isConnected ? .transfer : .badURL
        case CURLE_SEND_FAIL_REWIND:
            .upload
        default:
            // A proxy that lets nobody through, for one. A mail server's greeting and login come before "connected", though.
            if case .http = exchange.order, !isConnected { .connect } else { .transfer }
        }
    }
}
