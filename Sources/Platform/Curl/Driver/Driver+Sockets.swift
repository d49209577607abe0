import CLibcurl

// libcurl says which sockets and which moment it waits for, and is told what came. Its simpler way, `curl_multi_perform`,
// looks at each transfer whenever anything happens to one: jobs that run are transfers that wait.
// https://curl.se/libcurl/c/libcurl-multi.html, "multi_socket"
extension Driver {
    /// Has libcurl tell this driver what it waits for. The driver must live as long as the handle.
    func setCallbacks() -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            curl_shim_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context),
            curl_shim_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context),
            curl_shim_multi_set_socket(multi) { _, socket, what, context, _ in
                Driver.of(context)?.sockets.watch(socket, for: what)
                return 0
            },
            curl_shim_multi_set_timer(multi) { _, milliseconds, context in
                Driver.of(context)?.setTimer(milliseconds)
                return 0
            },
        ]
        return codes.allSatisfy { $0 == CURLM_OK }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Driver? {
        context.map { Unmanaged<Driver>.fromOpaque($0).takeUnretainedValue() }
    }

    private func setTimer(_ milliseconds: Int) {
        timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    /// Lets libcurl go on with what can go on.
    ///
    /// - Parameter ready: what the last wait found.
    /// - Returns: whether all is well with libcurl.
    func perform(_ ready: [(socket: curl_socket_t, events: Int32)]) -> Bool {
        var running: Int32 = 0
        // What is due sooner than its sockets: it may close some.
        if let due = timer, due <= .now {
            timer = nil
            guard curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running) == CURLM_OK else { return false }
        }
        for (socket, events) in ready where sockets.contains(socket) {
            guard curl_multi_socket_action(multi, socket, events, &running) == CURLM_OK else { return false }
        }
        return true
    }
}
