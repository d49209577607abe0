/// What GitHub's limits say to a request; no clock, no waiting.
struct GateLimits: Sendable {
    /// What a request counts.
    struct Demand: Sendable, Hashable {
        var priority: GitHubPriority
        var isWrite: Bool

        var points: Int { isWrite ? 5 : 1 }
    }

    private let pacing: GitHubPacing
    /// A little longer than GitHub's, whose clock is not ours.
    private var minute = PacingWindow(.seconds(61))
    private var hour = PacingWindow(.seconds(3605))
    private var points = PacingWindow(.seconds(61))
    private var underWay = 0

    init(_ pacing: GitHubPacing) { self.pacing = pacing }

    /// When the request may go: `now` if it may at once.
    ///
    /// - Parameter ahead: the requests that go first.
    mutating func time(_ demand: Demand, ahead: [Demand], _ now: Duration) -> Duration {
        let writes = ahead.count { $0.isWrite }
        let isCrowded = underWay + ahead.count >= share(pacing.concurrentRequests, demand)
        // Nobody knows when one of them ends; whoever waits is woken then.
        var time = isCrowded ? now + .seconds(1) : now
        let ahead = ahead.reduce(0) { $0 + $1.points }
        time = max(
            time,
            points.room(for: demand.points, limit: share(pacing.pointsPerMinute, demand), ahead: ahead, now))
        guard demand.isWrite else { return time }
        time = max(time, minute.room(for: 1, limit: share(pacing.writesPerMinute, demand), ahead: writes, now))
        return max(time, hour.room(for: 1, limit: share(pacing.writesPerHour, demand), ahead: writes, now))
    }

    /// Writes of a process before this one.
    ///
    /// - Parameter ages: how long ago each was made; those of the last hour count.
    mutating func recall(ages: [Duration], _ now: Duration) {
        let write = Demand(priority: .change, isWrite: true)
        for age in ages.map({ max(.zero, $0) }).sorted(by: >) where age < hour.length {
            begin(write)
            end(write, now - age)
        }
    }

    mutating func begin(_ demand: Demand) {
        underWay += 1
        points.begin(demand.points)
        guard demand.isWrite else { return }
        minute.begin(1)
        hour.begin(1)
    }

    mutating func end(_ demand: Demand, _ now: Duration) {
        underWay -= 1
        points.end(demand.points, now)
        guard demand.isWrite else { return }
        minute.end(1, now)
        hour.end(1, now)
    }

    mutating func writesInHour(_ now: Duration) -> Int { hour.used(now) }

    func patience(_ demand: Demand) -> Duration {
        demand.isWrite ? pacing.patienceOfWrites : pacing.patienceOfReads
    }

    private func share(_ limit: Int, _ demand: Demand) -> Int { max(1, limit * demand.priority.percent / 100) }
}
