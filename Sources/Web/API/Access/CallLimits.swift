import Foundation
import HTTPTypes
import Store
import Synchronization

/// How many requests of the API one caller may make: a bucket for each, which fills again with time.
///
/// There is room for so many callers; when more come, the one that was seen longest ago is forgotten, and so has a full
/// bucket again.
final class CallLimits: Sendable {
    /// What a bucket holds, and how quickly it fills again.
    struct Rate: Sendable, Hashable {
        /// Requests at once.
        var burst: Double
        /// Requests a minute.
        var perMinute: Double

        /// For somebody who is known, or an address.
        static let requests = Rate(burst: 200, perMinute: 600)
        /// For tokens that nobody has seen yet, by address: each is a question to GitHub.
        static let introductions = Rate(burst: 30, perMinute: 30)
    }

    private struct Bucket {
        var level: Double
        var time: Date
    }

    private let requests: Rate
    private let introductions: Rate
    private let now: @Sendable () -> Date
    private let capacity: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    init(
        requests: Rate = .requests, introductions: Rate = .introductions, capacity: Int = 10_000,
        now: @escaping @Sendable () -> Date
    ) {
        self.requests = requests
        self.introductions = introductions
        self.capacity = capacity
        self.now = now
    }

    /// Counts a request.
    ///
    /// - Throws: 429, with the time after which there is room again.
    func take(_ caller: String) throws(APIProblem) { try take(caller, requests) }

    /// Counts a request of somebody who is known, or of an address.
    ///
    /// - Throws: 429.
    func take(_ viewer: Viewer, at address: String) throws(APIProblem) {
        try take(Self.caller(viewer, at: address))
    }

    /// A person wherever they are, or an address.
    static func caller(_ viewer: Viewer, at address: String) -> String {
        viewer.person.map { "person \($0.session.personID)" } ?? "address \(address)"
    }

    /// Counts a token that was never seen.
    ///
    /// - Throws: 429.
    func takeIntroduction(_ address: String) throws(APIProblem) { try take("introduction \(address)", introductions) }

    private func take(_ key: String, _ rate: Rate) throws(APIProblem) {
        let now = now()
        let wait = buckets.withLock { buckets -> TimeInterval? in
            var bucket = buckets[key] ?? Bucket(level: rate.burst, time: now)
            // A clock that was put back takes nothing away.
            let passed = max(0, now.timeIntervalSince(bucket.time))
            bucket.level = min(rate.burst, bucket.level + passed * rate.perMinute / 60)
            bucket.time = now
            let isAllowed = bucket.level >= 1
            if isAllowed { bucket.level -= 1 }
            if buckets[key] == nil, buckets.count >= capacity { Self.forgetOldest(&buckets) }
            buckets[key] = bucket
            return isAllowed ? nil : (1 - bucket.level) * 60 / rate.perMinute
        }
        guard let wait else { return }
        let seconds = max(1, Int(wait.rounded(.up)))
        throw APIProblem(
            .tooManyRequests, "rate_limited", "Too many requests in a short time.",
            wayOut: "Try again in \(seconds) s.", retryAfter: seconds)
    }

    /// A tenth at once, so that not every new caller looks through all of them.
    private static func forgetOldest(_ buckets: inout [String: Bucket]) {
        let oldest = buckets.sorted { $0.value.time < $1.value.time }.prefix(max(1, buckets.count / 10))
        for (key, _) in oldest { buckets[key] = nil }
    }
}
