/// What was used of one limit within a time that glides along. Times count from any fixed point.
///
/// What is used counts from its beginning until the window's length after its end, because nobody knows when in between
/// GitHub counts it.
struct PacingWindow: Sendable {
    /// How long something counts.
    let length: Duration
    private var underWay = 0
    /// Oldest first, from `first` on.
    private var ended: [(time: Duration, cost: Int)] = []
    private var first = 0
    private var sum = 0

    init(_ length: Duration) { self.length = length }

    /// What counts now.
    mutating func used(_ now: Duration) -> Int {
        while first < ended.count, ended[first].time + length <= now {
            sum -= ended[first].cost
            first += 1
        }
        if first > 500 {
            ended.removeFirst(first)
            first = 0
        }
        return sum + underWay
    }

    mutating func begin(_ cost: Int) { underWay += cost }

    mutating func end(_ cost: Int, _ now: Duration) {
        underWay -= cost
        // Those of about the same time share an entry, so that a window holds few.
        let grain = length / 1000
        let time = grain * Int((now / grain).rounded(.up))
        if first < ended.count, ended[ended.count - 1].time >= time {
            ended[ended.count - 1].cost += cost
        } else {
            ended.append((time, cost))
        }
        sum += cost
    }

    /// When there is room, if nobody else comes.
    ///
    /// - Parameter ahead: what those who come first will use.
    mutating func room(for cost: Int, limit: Int, ahead: Int, _ now: Duration) -> Duration {
        var missing = used(now) + ahead + cost - limit
        guard missing > 0 else { return now }
        for entry in ended[first...] {
            missing -= entry.cost
            if missing <= 0 { return entry.time + length }
        }
        // What is under way ends sooner or later; beyond that a whole limit comes free in each length.
        let beyond = max(0, missing - underWay)
        let rounds = 1 + (beyond + limit - 1) / max(1, limit)
        return now + length * rounds
    }
}
