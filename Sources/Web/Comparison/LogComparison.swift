/// What differs between a part of a log and that part of an older one.
struct LogComparison: Sendable {
    /// A line as it was written.
    struct Text: Sendable {
        /// With what is said of bytes that are left out.
        var html: String
        var bytes: [UInt8]
        /// Bytes of a very long one that are left out.
        var omitted: Int
    }

    /// A line, or some that are left out.
    struct Row: Sendable {
        var change: DiffHunks.Change
        /// Its number in the log, from 1; `nil` for what is gone.
        var line: Int?
        /// Its number in the older log; `nil` for what was not there, or elsewhere.
        var oldLine: Int?
        /// How many lines are left out, from there on; 0 for a line that is shown.
        var omitted: Int
        var text: Text?
    }

    var hunks: [[Row]] = []
    var newCount: Int
    var goneCount: Int
    /// Lines that are only in another place.
    var movedCount: Int
    /// Lines in the middle of a long log that were not compared.
    var omittedNew: Int
    var omittedOld: Int
    /// Whether something was too different to be compared line by line.
    var isCoarse: Bool
    /// Hunks that are not shown.
    var laterHunks: Int

    var isEqual: Bool { newCount == 0 && goneCount == 0 }
}
