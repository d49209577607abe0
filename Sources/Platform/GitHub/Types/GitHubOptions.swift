import Curl
import Foundation

/// How a client behaves; the defaults suit a server.
public struct GitHubOptions: Sendable {
    /// In place of the one that the HTTP client sends. GitHub refuses requests without any.
    public var userAgent: String?
    /// How often a request that may be repeated is tried, at least once.
    public var attempts = 3
    /// Between the first two attempts; doubled each time.
    public var firstPause: Duration = .milliseconds(500)
    /// How long a request may take.
    public var timeouts = CurlTimeouts(connect: .seconds(10), idle: .seconds(30), overall: .seconds(60))
    /// Bytes of one answer.
    public var bodyLimit = 16 << 20
    /// A list with more pages (of 100 items) is an error, because half a list would be taken for the whole.
    public var pageLimit = 100
    /// Where answers are kept over a restart as well.
    public var archive: (any GitHubArchive)?
    /// Where writes are remembered over a restart.
    public var ledger: (any GitHubLedger)?
    /// Bytes of answers that are kept to ask GitHub only whether they changed.
    public var cacheLimit = 16 << 20
    /// The limits that requests are kept below.
    public var pacing = GitHubPacing()
    /// Measures the pauses between attempts, and the times in which requests are counted.
    public var clock: any Clock<Duration> = ContinuousClock()
    /// The time of day, which rate limits end at.
    public var now: @Sendable () -> Date = { Date() }

    /// The defaults.
    public init() {}
}
