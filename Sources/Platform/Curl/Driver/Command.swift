/// What the driving thread is asked to do.
enum Command: Sendable {
    /// Begin this transfer.
    case start(Exchange)
    /// The reader took what was there: go on receiving.
    case resumeReceiving(Exchange)
    /// The source of the body has more, or has ended: go on sending.
    case resumeSending(Exchange)
    /// End this transfer, if it is still there.
    case end(Exchange, CurlError)
}
