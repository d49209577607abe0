import CLibcurl

/// libcurl's multi handle. Only its driver's thread may use it, with one exception: `wake`, by `curl_multi_wakeup`, which
/// libcurl documents as the one call that any thread may make.
struct MultiHandle: @unchecked Sendable {  // A pointer is not: other threads have it for `wake` alone.
    let pointer: UnsafeMutableRawPointer

    /// Ends the driver's poll, the present one or else the next. May be called from any thread.
    func wake() {
        curl_multi_wakeup(pointer)
    }
}
