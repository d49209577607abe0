import CLibcurl

/// libcurl's multi handle. Only its driver's thread may use it, with one exception: `wake`.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Ends the driver's poll, the present one or else the next. May be called from any thread.
    func wake() {
        curl_multi_wakeup(pointer)
    }
}
