/// Tells that the engine's disk is nearly full and that nobody is ended for it: once, and again when there was room meanwhile
/// or after an hour.
struct DiskAlarm: Sendable {
    private static let interval = Duration.seconds(3600)

    private let reserve: Int64
    private var toldAt: ContinuousClock.Instant?

    init(reserve: Int64) { self.reserve = reserve }

    /// So much is left. What goes up and down around the reserve is no news each time.
    mutating func note(free: Int64) {
        if free / 2 >= reserve { toldAt = nil }
    }

    /// What is to be told, if anything.
    ///
    /// - Parameters:
    ///   - folder: the engine's.
    ///   - taken: what the jobs take that can be seen; `nil` when that is not known.
    mutating func warning(
        free: Int64, folder: String, taken: [DiskWatch.Taken]?, at now: ContinuousClock.Instant
    ) -> String? {
        if let toldAt, now < toldAt + Self.interval { return nil }
        toldAt = now
        var why = "what the jobs take could not be looked at"
        if let taken {
            let sum = taken.reduce(0) { $0 + $1.bytes }
            why =
                "they take \(Amount.bytes(sum)) that can be seen; the rest is of others, or of deleted files that are "
                + "still open"
        }
        return "the engine's disk is nearly full: \(Amount.bytes(free)) are left in \(folder), less than the "
            + "\(Amount.bytes(reserve)) that are kept free, and no job could be blamed for it: \(why)"
    }
}
