import CLibcurl

extension Transfer {
    /// Tells libcurl where the bytes come from and go to.
    func setCallbacks() throws(CurlError) {
        try check(curl_shim_set_pointer(easy, CURLOPT_PRIVATE, pointer))
        for data in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_PREREQDATA] {
            try check(curl_shim_set_pointer(easy, data, pointer))
        }
        try check(
            curl_shim_set_write(easy) { bytes, size, count, context in
                Transfer.of(context)?.received(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
            })
        try check(
            curl_shim_set_header(easy) { bytes, size, count, context in
                Transfer.of(context)?.receivedHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
            })
        try check(
            curl_shim_set_read(easy) { bytes, size, count, context in
                Transfer.of(context)?.provide(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
                    ?? Int(CURL_READFUNC_ABORT)
            })
        try check(
            curl_shim_set_seek(easy) { context, offset, _ in
                offset == 0 && Transfer.of(context)?.exchange.upload?.rewind() == true
                    ? Int32(CURL_SEEKFUNC_OK) : Int32(CURL_SEEKFUNC_CANTSEEK)
            })
        try check(
            curl_shim_set_connected(easy) { context, _, _, _, _ in
                Transfer.of(context)?.connected()
                return Int32(CURL_PREREQFUNC_OK)
            })
    }

    private func connected() {
        (isConnected, hasMoved, lastMove) = (true, true, .now)
        hasNewDeadline = true
    }

    private func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        hasMoved = true
        guard case .http = exchange.order else { return bytes.count }
        if let head = headers?.releaseRedirect() { exchange.announce(head) }
        switch exchange.append(bytes) {
        case .taken:
            return bytes.count
        case .full:
            isReceivePaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        case .ended:
            return Int(CURL_WRITEFUNC_ERROR)
        }
    }

    private func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
        hasMoved = true
        switch headers?.take(line) {
        case .head(let head):
            exchange.announce(head)
        case .problem(let words):
            problem = exchange.error(.transfer, words)
            return 0
        case .more, nil:
            break
        }
        return line.count
    }

    private func provide(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch exchange.upload?.read(into: buffer) {
        case .bytes(let count):
            hasMoved = true
            return count
        case .later:
            isSendPaused = true
            return Int(CURL_READFUNC_PAUSE)
        case .end, nil:
            return 0
        }
    }
}
