import CLibcurl

/// libcurl's multi handle. Only its driver's thread may use it, with one exception: `wake`, by `curl_multi_wakeup`, which
/// libcurl documents as the one call that any thread may make.
///
/// Unchecked, because no pointer is `Sendable`, and the mailbox has to hand this one to those who wake. The mailbox lets go
/// of it before it is destroyed, under the lock under which it wakes.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Ends the driver's poll, the present one or else the next. May be called from any thread.
    func wake() {
        curl_multi_wakeup(pointer)
    }
}
