import CLibcurl

extension Transfer {
    /// What one read from a socket may bring, and one write may take.
    private var bufferSize: Int {
        // Each transfer has buffers of its own. Above 128 KiB the C library asks the kernel for each, and gives it back.
        exchange.isLarge ? 256 << 10 : 32 << 10
    }

    /// Sets all options of the handle.
    func prepare(_ options: CurlOptions) throws(CurlError) {
        try setErrorBuffer()
        try setCallbacks()
        try check(curl_shim_set_close_on_exec(easy))
        try set(CURLOPT_NOSIGNAL, 1)
        // A name that is still being looked up must not hold up the thread when its transfer is cancelled.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_BUFFERSIZE, bufferSize)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, bufferSize)
        try set(CURLOPT_TCP_NODELAY, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        // Zero would be libcurl's own limit of five minutes.
        let connect = max(1, Int(min(exchange.timeouts.connect, .seconds(86_400)) / .milliseconds(1)))
        try set(CURLOPT_CONNECTTIMEOUT_MS, connect)
        if let caFile = options.caFile { try set(CURLOPT_CAINFO, caFile) }
        if !options.usesEnvironmentProxy { try set(CURLOPT_PROXY, "") }
        switch exchange.order {
        case .http(let request): try prepare(request, options)
        case .mail(let mail): try prepare(mail)
        }
    }

    private func prepare(_ request: CurlRequest, _ options: CurlOptions) throws(CurlError) {
        headers = HeaderReader(followsRedirects: request.redirects)
        try set(CURLOPT_URL, request.url)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, exchange.address.scheme == "https" ? "https" : "http,https")
        if request.redirects {
            try set(CURLOPT_FOLLOWLOCATION, 1)
            try set(CURLOPT_MAXREDIRS, 10)
        }
        // One transfer a connection: a paused one never holds up another, as it would within HTTP/2.
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if !options.userAgent.isEmpty { try set(CURLOPT_USERAGENT, options.userAgent) }
        if let socket = request.unixSocket {
            try set(CURLOPT_UNIX_SOCKET_PATH, socket)
            try set(CURLOPT_PROXY, "")
        }
        if let upload = exchange.upload {
            try set(CURLOPT_UPLOAD, 1)
            try check(curl_shim_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(upload.length ?? -1)))
        } else if request.method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        }
        if request.needsFreshConnection { try set(CURLOPT_FRESH_CONNECT, 1) }
        try set(CURLOPT_CUSTOMREQUEST, request.method)
        let lines = try list(request.headerLines)
        try check(curl_shim_set_list(easy, CURLOPT_HTTPHEADER, lines))
    }

    private func prepare(_ mail: CurlMail) throws(CurlError) {
        try set(CURLOPT_URL, mail.url)
        try set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        try set(CURLOPT_MAIL_FROM, mail.from)
        let recipients = try list(mail.to)
        try check(curl_shim_set_list(easy, CURLOPT_MAIL_RCPT, recipients))
        let needsTLS = mail.requiresTLS || (mail.password != nil && !exchange.address.isLoopback)
        try set(CURLOPT_USE_SSL, Int((needsTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY).rawValue))
        if let user = mail.user { try set(CURLOPT_USERNAME, user) }
        if let password = mail.password { try set(CURLOPT_PASSWORD, password) }
        try set(CURLOPT_UPLOAD, 1)
        try check(curl_shim_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(exchange.upload?.length ?? -1)))
        // Mails are rare, and servers do not like idle guests.
        try set(CURLOPT_FORBID_REUSE, 1)
        if let idle = mail.timeouts.idle {
            // libcurl's own is two minutes, also for the answer to the last QUIT, for which its thread waits.
            try set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, Int(min(idle, .seconds(3600)) / .seconds(1))))
        }
    }
}

extension CurlRequest {
    /// Whether a redirect is followed: only where the request can be repeated as it is.
    var redirects: Bool {
        followsRedirects && (method == "GET" || method == "HEAD")
    }

    /// The headers in libcurl's form.
    var headerLines: [String] {
        // Nobody waits a second for a server's leave to send a body.
        var lines = ["Expect:"]
        for header in headers {
            switch header.name.lowercased() {
            case "content-length", "transfer-encoding", "expect":
                // They follow from the body, which libcurl knows better.
                continue
            default:
                // Without the semicolon libcurl takes an empty value for the wish to leave out its own header.
                lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
            }
        }
        return lines
    }
}
