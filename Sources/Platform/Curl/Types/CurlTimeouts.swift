/// How long a request may take.
public struct CurlTimeouts: Sendable, Hashable {
    /// For the name, the connection and the TLS handshake together.
    public var connect: Duration
    /// For the time in which no byte moves in either direction, counted from when the connection stands. While the
    /// transfer waits for us (a slow reader, or a slow source of the body) the clock does not run. `nil` for no limit.
    public var idle: Duration?
    /// For all of it, to the body's last byte. `nil` for no limit.
    public var overall: Duration?

    /// Limits with defaults that suit a small request.
    public init(
        connect: Duration = .seconds(10), idle: Duration? = .seconds(60), overall: Duration? = .seconds(60)
    ) {
        self.connect = connect
        self.idle = idle
        self.overall = overall
    }
}
