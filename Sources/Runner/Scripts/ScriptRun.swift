import DockerEngine
import Foundation
import Model
import Pipes
import Synchronization

/// Watches one container to its end: its output into the log, its limits, and requests to stop.
///
/// It survives an engine that goes away for a while: the container is looked at again and its log continued.
final class ScriptRun: Sendable {
    let engine: DockerEngine
    let container: String
    let phase: ScriptPhase
    let job: JobSpec
    let log: JobLog
    let control: JobControl
    let diskWatch: DiskWatch
    let deadlines: Mutex<Deadlines>
    let errorTail = Mutex(OutputEnd(1024))
    let logged: [LogSource: Int64]
    /// Where the output comes through; without, the container is attached to.
    let pipe: SpooledPipe?
    /// Both output streams come as one.
    let isMerged: Bool
    /// The container was started ahead and waits.
    private let standby: Standby?
    /// When the script of a container began that had been started ahead.
    let beginning: Mutex<Date?>
    private let patience: EnginePatience
    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant

    /// How often the sight of a container may be lost before it is given up.
    private static let mostLosses = 100

    /// - Parameters:
    ///   - startedAt: when the script started, if an earlier process started it.
    ///   - logged: how many bytes of the section came from earlier containers of the attempt.
    ///   - pipe: of the container's berth.
    ///   - isMerged: the container began with `Launcher`.
    ///   - standby: what is to be told to go on, in place of a start.
    init(
        engine: DockerEngine, container: String, phase: ScriptPhase, job: JobSpec, log: JobLog, control: JobControl,
        diskWatch: DiskWatch, patience: EnginePatience, startedAt: Date? = nil, logged: [LogSource: Int64],
        pipe: SpooledPipe?,
        isMerged: Bool,
        standby: Standby? = nil
    ) {
        self.engine = engine
        self.container = container
        self.phase = phase
        self.job = job
        self.log = log
        self.control = control
        self.diskWatch = diskWatch
        self.logged = logged
        self.patience = patience
        self.pipe = pipe
        self.isMerged = isMerged
        self.standby = standby
        beginning = Mutex(startedAt)
        origin = clock.now
        let elapsed = startedAt.map { max(0, Date().timeIntervalSince($0)) } ?? 0
        deadlines = Mutex(Deadlines(job.hook.settings, startedAt: .seconds(-min(elapsed, 1e9)), now: .zero))
    }

    /// Starts a container that was just made, and watches it to its end.
    ///
    /// - Throws: `StartRefused`, and whatever ends the job.
    func start() async throws -> ScriptEnd {
        try await closingPipe {
            do {
                let end =
                    switch try await begin() {
                    // Whether memory was short, and what else the engine knows, is asked of a failure.
                    case .exited(code: 0): wellEnded
                    case .exited: try await end()
                    case .lost: try await goOn()
                    }
                if let standby, !standby.hasBegun { throw endedWaiting }
                return end
            } catch is Ending where standby?.hasBegun == false {
                throw endedWaiting
            }
        }
    }

    private var endedWaiting: StartRefused { StartRefused(words: "the container ended while it waited") }

    /// Watches a container that was started before: reads its log from where ours ends.
    func resume() async throws -> ScriptEnd { try await closingPipe { try await goOn() } }

    /// Whoever goes on after us must be the only one that takes from the pipe.
    private func closingPipe<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
        do {
            let result = try await work()
            await pipe?.close()
            return result
        } catch {
            await pipe?.close()
            throw error
        }
    }

    private func goOn() async throws -> ScriptEnd {
        for _ in 0..<Self.mostLosses {
            guard let found = try await look().answer else { throw gone }
            let isOver = !found.state.isRunning
            let watched: Watched
            if isOver, found.state.startedAt == nil {
                guard found.state.error.isEmpty else { throw StartRefused(words: found.state.error) }
                watched = try await begin()
            } else {
                watched = try await follow(isOver: isOver)
            }
            if case .exited = watched { return try await end(unwatched: isOver) }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw Ending.error("the Docker Engine drops the connection to the \(phase.words) again and again")
    }

    private func begin() async throws -> Watched {
        do {
            // Attached before the start, so that nothing is missed.
            let output: Output
            if let pipe {
                output = .pipe(pipe)
            } else {
                output = .frames(try await engine.attach(container))
            }
            if let standby {
                try await standby.begin()
                beginning.withLock { $0 = Date() }
            } else {
                try await engine.start(container)
            }
            deadlines.withLock { $0.started(at: now) }
            return try await watch(output)
        } catch let error as DockerError where error.kind == .transport {
            return .lost(error)
        } catch let error as DockerError where error.kind != .cancelled {
            throw StartRefused(words: error.message)
        }
    }

    private func follow(isOver: Bool) async throws -> Watched {
        // What ended in time was not too late, however late we look.
        deadlines.withLock { deadlines in
            deadlines.looked(at: now)
            if isOver { deadlines.exited(at: now) }
        }
        do {
            return try await watch(pipe.map { .pipe($0) } ?? .copy(isOver: isOver))
        } catch let error as DockerError where error.kind == .transport {
            return .lost(error)
        }
    }

    /// The end of a script that was watched from its start, and failed in nothing.
    private var wellEnded: ScriptEnd {
        deadlines.withLock { deadlines in
            ScriptEnd(
                exitCode: 0, duration: deadlines.duration ?? now, stop: deadlines.stop,
                errorTail: errorTail.withLock { $0.bytes })
        }
    }

    /// How many bytes of this container's output are in the log.
    func taken(_ source: LogSource) async -> Int64 {
        max(0, await log.taken(phase.section, source) - (logged[source] ?? 0))
    }

    func look() async throws -> (answer: DockerContainer?, wasAway: Bool) {
        try await patience.ask(overdue: { try await self.overdue() }) {
            try await self.engine.container(self.container)
        }
    }

    /// Waits until the script must have ended, whether the engine tells or not.
    private func overdue() async throws -> JobOutcome {
        var due = deadlines.withLock { $0.overdue }
        while now < due {
            try await sleep(until: due)
            due = deadlines.withLock { $0.overdue }
        }
        var end = ScriptEnd(exitCode: 0)
        end.stop = deadlines.withLock { $0.stop } ?? .timeout
        var outcome = Explain.outcome(end, of: phase, hook: job.hook)
        outcome.exitCode = nil
        return outcome
    }

    /// The end of a container that is not there any more.
    var gone: Ending { Ending.error("the container of the \(phase.words) is gone: somebody removed it") }

    /// The time on the clock of the deadlines.
    var now: Duration { clock.now - origin }

    /// Waits until then; the time is on the clock of the deadlines.
    func sleep(until time: Duration) async throws { try await Task.sleep(until: origin + time, clock: clock) }
}
