import CLibcurl

/// libcurl's multi handle. Only its driver's thread may use it, with one exception: `wake`.
///
/// `@unchecked Sendable`, because a pointer is not: other threads have it for `curl_multi_wakeup` alone, which libcurl
/// documents as the one call that any thread may make.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Ends the driver's poll, the present one or else the next. May be called from any thread.
    func wake() {
        curl_multi_wakeup(pointer)
    }
}
