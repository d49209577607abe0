import Dispatch
import DockerEngine
import Glibc
import Logging

/// Ends the job that takes most of the engine's disk, before nobody else on the machine can write.
///
/// While scripts run, the free space is looked at every second, which costs one call of the system; what each of them wrote
/// is looked at only when there is too little. Only for an engine on this machine.
actor DiskWatch {
    /// When a job is ended.
    struct Limits: Sendable, Hashable {
        /// The bytes that are to be left on the disk.
        var reserve: Int64 = 256 << 20
        /// A job that wrote less than this is not to blame: the disk was nearly full before.
        var least: Int64 = 256 << 20
    }

    /// Why a script is ended.
    struct Blame: Sendable, Equatable {
        /// What it wrote; more than that if not everything could be looked at.
        var written: Int64
        var isWhole: Bool
        /// What was to be left.
        var reserve: Int64
    }

    /// What a job's container takes.
    struct Taken: Sendable {
        var container: String
        var bytes: Int64
        var isWhole: Bool
        /// The engine's folders of its volumes.
        var volumes: [String] = []
    }

    private struct Watched {
        var feed: AsyncStream<Blame>.Continuation
        /// The bytes that were left on the disk when it came.
        var free: Int64
    }

    private static let interval = Duration.seconds(1)
    /// A look at what was written, of which nothing came, is followed by a pause so many times as long, up to `longestPause`.
    private static let share = 20
    /// How long the space of a job that was ended is waited for before another one is.
    private static let patience = Duration.seconds(60)
    /// The longest time without a look while there is too little space.
    private static let longestPause = Duration.seconds(5)

    private let engine: DockerEngine
    private let limits: Limits
    private let logger: Logger
    private let queue = DispatchQueue(label: "kozmic.disk")
    private let clock = ContinuousClock()
    private var folder: String?
    private var watched: [String: Watched] = [:]
    private var isLooking = false
    private var alarm: DiskAlarm

    init(engine: DockerEngine, limits: Limits, logger: Logger) {
        self.engine = engine
        self.limits = limits
        alarm = DiskAlarm(reserve: limits.reserve)
        self.logger = logger
    }

    /// Waits until this container is to be ended.
    ///
    /// - Returns: `nil` when the waiting task was cancelled first.
    func blame(on container: String) async -> Blame? {
        guard engine.isLocal else { return nil }
        let (blames, feed) = AsyncStream.makeStream(of: Blame.self)
        watched[container] = Watched(feed: feed, free: await free() ?? 0)
        defer { watched[container] = nil }
        if !isLooking {
            isLooking = true
            Task { await look() }
        }
        for await blame in blames { return blame }
        return nil
    }

    /// Which one is to be ended; pure.
    ///
    /// A part of what was lost may be in no folder, such as deleted files that are still open. Any job may have that, so
    /// nobody is to blame who takes less, except one whose folders cannot be looked at to their end.
    /// - Parameter lost: the bytes by which the free space became less.
    static func worst(_ taken: [Taken], lost: Int64, _ limits: Limits) -> Taken? {
        let unseen = max(0, lost - taken.reduce(0) { $0 + $1.bytes })
        let most = taken.max { $0.bytes < $1.bytes }
        // As much as the reserve is there for what is no job's, such as logs.
        if let most, most.bytes >= limits.least, unseen <= most.bytes + limits.reserve { return most }
        return taken.filter { !$0.isWhole && $0.bytes + unseen >= limits.least }.max { $0.bytes < $1.bytes }
    }

    /// Goes on for as long as scripts run.
    private func look() async {
        while !watched.isEmpty {
            var pause = Self.interval
            if let left = await free() {
                alarm.note(free: left)
                if left < limits.reserve { pause = await findRoom(left) }
            }
            try? await Task.sleep(for: pause)
        }
        isLooking = false
    }

    /// Ends a job, or says that none could be blamed. Answers when to look again.
    private func findRoom(_ left: Int64) async -> Duration {
        let begin = clock.now
        let lost = (watched.values.map(\.free).max() ?? left) - left
        let taken = await taken()
        let worst = taken.flatMap { Self.worst($0, lost: lost, limits) }
        let pause = min(max(Self.interval, (clock.now - begin) * Self.share), Self.longestPause)
        // Somebody may have made room meanwhile, or ended by itself.
        guard let left = await free(), left < limits.reserve, !watched.isEmpty else { return pause }
        guard let worst else {
            let warning = alarm.warning(free: left, folder: folder ?? "", taken: taken, at: clock.now)
            if let warning { logger.warning("\(warning)") }
            return pause
        }
        guard let job = watched[worst.container] else { return pause }
        logger.warning(
            "the engine's disk is nearly full: a job is ended that wrote \(Amount.bytes(worst.bytes))",
            metadata: ["container": "\(worst.container)"])
        job.feed.yield(Blame(written: worst.bytes, isWhole: worst.isWhole, reserve: limits.reserve))
        await removal(of: worst)
        return Self.interval
    }

    /// The bytes that are left on the engine's disk, if that is known.
    private func free() async -> Int64? {
        if folder == nil { folder = try? await engine.info().rootDirectory }
        guard let folder, let facts = EngineDisk.facts(of: folder) else { return nil }
        let (bytes, isTooMuch) = facts.availableBlocks.multipliedReportingOverflow(by: facts.blockSize)
        return isTooMuch ? .max : Int64(clamping: bytes)
    }

    /// What the containers and their volumes take; `nil` unless that is known of all: the one that cannot be asked may be
    /// the one that takes most.
    private func taken() async -> [Taken]? {
        guard let folder else { return nil }
        var all: [Taken] = []
        for id in watched.keys {
            do {
                guard let container = try await engine.container(id) else { continue }
                guard let bytes = try await engine.writtenBytes(id) else { continue }
                guard bytes >= 0 else { return nil }
                var taken = Taken(container: id, bytes: bytes, isWhole: true)
                for name in Set(container.volumes.values) where !name.isEmpty {
                    let volume = "\(folder)/volumes/\(name)"
                    let size = await size(of: volume)
                    guard size.isKnown else { return nil }
                    taken.volumes.append(volume)
                    taken.bytes += size.bytes
                    taken.isWhole = taken.isWhole && size.isWhole
                }
                all.append(taken)
            } catch {
                return nil
            }
        }
        return all
    }

    private func size(of folder: String) async -> FolderSize {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: FolderSize(of: folder)) }
        }
    }

    /// What a job wrote goes with its container, and then with its volumes, after its outcome was stored.
    private func removal(of taken: Taken) async {
        let end = clock.now + Self.patience
        while clock.now < end, await isThere(taken) { try? await Task.sleep(for: Self.interval) }
    }

    private func isThere(_ taken: Taken) async -> Bool {
        if taken.volumes.contains(where: { access($0, F_OK) == 0 }) { return true }
        do {
            return try await engine.container(taken.container) != nil
        } catch {
            return true
        }
    }
}
