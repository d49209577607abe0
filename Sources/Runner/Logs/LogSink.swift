/// Which part of a job wrote bytes of its log.
public enum LogSection: UInt8, Sendable, Hashable, CaseIterable {
    /// Kozmic itself.
    case system = 0
    /// The install script.
    case install = 1
    /// The build script.
    case build = 2
}

/// Through which stream bytes of a log came.
public enum LogSource: UInt8, Sendable, Hashable, CaseIterable {
    /// Kozmic itself.
    case system = 0
    /// A script's standard output.
    case stdout = 1
    /// A script's standard error.
    case stderr = 2
}

/// Where a job's log goes.
///
/// The runner waits for each append before it reads on, so a slow sink slows the script down and nothing piles up.
public protocol LogSink: Sendable {
    /// Adds bytes at the end of the log. Called in the order of arrival, one call at a time.
    ///
    /// An append that began is carried out although the task is cancelled: a cancelled job must know exactly what is
    /// stored.
    func append(_ section: LogSection, _ source: LogSource, _ bytes: [UInt8]) async throws

    /// How many bytes of this stream are in the log already, so that a job can be continued after a crash without
    /// losing or repeating one.
    func stored(_ section: LogSection, _ source: LogSource) async -> Int64

    /// The last bytes of this stream that were in the log when it was opened, a thousand of them or all. By them the
    /// place in the engine's own copy is found again.
    func storedEnd(_ section: LogSection, _ source: LogSource) async -> [UInt8]

    /// Whether a line begins with what is appended next: the log is empty or ends with a line end.
    func isAtLineStart() async -> Bool
}
