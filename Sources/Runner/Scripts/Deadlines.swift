import Model

/// When a running script has to be stopped, and by what. Pure: the times are offsets on the caller's clock.
struct Deadlines: Sendable {
    /// Why a script is stopped.
    enum Stop: Sendable, Equatable {
        case timeout, stall
        case cancel(String)
        /// It takes too much of the disk.
        case disk(DiskWatch.Blame)
    }

    /// What the caller has to do now.
    enum Action: Sendable, Equatable {
        /// Send SIGTERM.
        case terminate(Stop)
        /// Send SIGKILL.
        case kill
        /// The same at once: while a script has time to end, it may go on writing.
        case end(Stop)
        /// The container does not even end after SIGKILL: the engine is in trouble.
        case giveUp
        /// The container ended, but its output stream does not: do without the rest.
        case stopReading
    }

    /// How long an engine may take to carry out SIGKILL.
    static let patience = Duration.seconds(60)
    /// How long the output may stay silent after the container's end.
    static let drain = Duration.seconds(5)

    private enum Stage { case running, terminating, killed, exited, done }

    let timeout: Duration
    let stall: Duration
    let grace: Duration
    /// Why the script was stopped, if it was.
    private(set) var stop: Stop?
    private var stage = Stage.running
    /// When the present stage ends, other than by a stall.
    private var end: Duration
    private var lastOutput: Duration
    private var startedAt: Duration?
    private var exitedAt: Duration?
    /// Output is being stored: the script is not to blame for a slow disk.
    private var isStoring = false

    /// - Parameter startedAt: when the script started, before `now` for a script that an earlier process started.
    init(timeout: Duration, stall: Duration, grace: Duration, startedAt: Duration, now: Duration) {
        self.timeout = timeout
        self.stall = stall
        self.grace = grace
        end = startedAt + timeout
        lastOutput = now
    }

    /// The limits of a hook.
    init(_ settings: HookSettings, startedAt: Duration, now: Duration) {
        self.init(
            timeout: .seconds(settings.timeoutSeconds), stall: .seconds(settings.stallTimeoutSeconds),
            grace: .seconds(settings.cancelGraceSeconds), startedAt: startedAt, now: now)
    }

    /// When `tick` has something to do, unless other things happen before; `nil` when never.
    var next: Duration? {
        switch stage {
        case .running: min(end, lastOutput + stall)
        case .terminating, .killed: end
        case .exited: max(end, lastOutput + Self.drain)
        case .done: nil
        }
    }

    /// When the script must have ended even if the engine cannot be asked; for ever when it is known to have ended.
    var overdue: Duration {
        switch stage {
        case .running, .terminating, .killed: end
        case .exited, .done: .seconds(1 << 40)
        }
    }

    /// The engine says that the script has started: how long that took is not the script's doing.
    mutating func started(at now: Duration) {
        end = now + timeout
        lastOutput = now
        startedAt = now
    }

    /// How long the script ran, if its start and its end were seen.
    var duration: Duration? {
        guard let startedAt, let exitedAt else { return nil }
        return exitedAt - startedAt
    }

    /// Watching begins again: what happened while nobody looked was not silence.
    mutating func looked(at now: Duration) { lastOutput = now }

    /// Output arrived and is about to be stored.
    mutating func outputBegan() { isStoring = true }

    /// The output is stored.
    mutating func outputEnded(at now: Duration) {
        isStoring = false
        lastOutput = now
    }

    /// Somebody asked the job to stop.
    mutating func cancel(_ reason: String, at now: Duration) -> Action? {
        stage == .running ? terminate(.cancel(reason), at: now) : nil
    }

    /// It is to be ended because of the space that it takes, which is said even if it ran too long: what such a job leaves
    /// may be kept.
    mutating func end(for blame: DiskWatch.Blame, at now: Duration) -> Action? {
        guard stage == .running || stage == .terminating else { return nil }
        let stop: Stop =
            switch self.stop {
            case .cancel(let reason): .cancel(reason)
            case .timeout, .stall, .disk, nil: .disk(blame)
            }
        self.stop = stop
        stage = .killed
        end = now + Self.patience
        return .end(stop)
    }

    /// The container ended: what is left is its output.
    mutating func exited(at now: Duration) {
        guard stage != .done else { return }
        stage = .exited
        exitedAt = now
        end = now + Self.drain
    }

    /// Time passed.
    mutating func tick(at now: Duration) -> Action? {
        guard let next, now >= next else { return nil }
        switch stage {
        case .running where isStoring && now < end, .exited where isStoring:
            lastOutput = now
            return nil
        case .running:
            return terminate(now >= end ? .timeout : .stall, at: now)
        case .terminating:
            stage = .killed
            end = now + Self.patience
            return .kill
        case .killed:
            stage = .done
            return .giveUp
        case .exited:
            stage = .done
            return .stopReading
        case .done:
            return nil
        }
    }

    private mutating func terminate(_ stop: Stop, at now: Duration) -> Action {
        self.stop = stop
        stage = .terminating
        end = now + grace
        return .terminate(stop)
    }
}
