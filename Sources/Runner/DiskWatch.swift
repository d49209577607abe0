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
        /// The engine's folder of its volume.
        var volume: String?
    }

    private static let interval = Duration.seconds(1)
    /// A look at what was written, of which nothing came, takes at most this part of the time, or of a minute.
    private static let share = 20
    /// How long the space of a job that was ended is waited for before another one is.
    private static let patience = Duration.seconds(60)

    private let engine: DockerEngine
    private let limits: Limits
    private let logger: Logger
    private let queue = DispatchQueue(label: "kozmic.disk")
    private let clock = ContinuousClock()
    private var folder: String?
    private var watched: [String: AsyncStream<Blame>.Continuation] = [:]
    private var isLooking = false

    init(engine: DockerEngine, limits: Limits, logger: Logger) {
        self.engine = engine
        self.limits = limits
        self.logger = logger
    }

    /// Waits until this container is to be ended.
    ///
    /// - Returns: `nil` when the waiting task was cancelled first.
    func blame(on container: String) async -> Blame? {
        guard engine.isLocal else { return nil }
        let (blames, feed) = AsyncStream.makeStream(of: Blame.self)
        watched[container] = feed
        defer { watched[container] = nil }
        if !isLooking {
            isLooking = true
            Task { await look() }
        }
        for await blame in blames { return blame }
        return nil
    }

    /// Which one is to be ended; pure.
    static func worst(_ taken: [Taken], _ limits: Limits) -> Taken? {
        taken.filter { $0.bytes >= limits.least || !$0.isWhole }
            .max { ($0.isWhole ? 0 : 1, $0.bytes) < ($1.isWhole ? 0 : 1, $1.bytes) }
    }

    /// Goes on for as long as scripts run.
    private func look() async {
        while !watched.isEmpty {
            var pause = Self.interval
            if await isShort() {
                let begin = clock.now
                let worst = Self.worst(await taken(), limits)
                let length = clock.now - begin
                // Somebody may have made room meanwhile.
                if let worst, await isShort(), let feed = watched[worst.container] {
                    logger.warning(
                        "the engine's disk is nearly full: a job is ended that wrote \(Amount.bytes(worst.bytes))",
                        metadata: ["container": "\(worst.container)"])
                    feed.yield(Blame(written: worst.bytes, isWhole: worst.isWhole, reserve: limits.reserve))
                    await removal(of: worst)
                } else {
                    pause = min(max(pause, length * Self.share), Self.patience)
                }
            }
            try? await Task.sleep(for: pause)
        }
        isLooking = false
    }

    private func isShort() async -> Bool {
        if folder == nil { folder = try? await engine.info().rootDirectory }
        guard let folder, let facts = EngineDisk.facts(of: folder) else { return false }
        return Double(facts.availableBlocks) * Double(facts.blockSize) < Double(limits.reserve)
    }

    /// What the containers and their volumes take.
    private func taken() async -> [Taken] {
        var all: [Taken] = []
        for id in watched.keys {
            guard let container = try? await engine.container(id) else { continue }
            var taken = Taken(container: id, bytes: (try? await engine.writtenBytes(id)) ?? 0, isWhole: true)
            if let folder, let volume = container.volumes["/kozmic"] {
                let volume = "\(folder)/volumes/\(volume)"
                let size = await size(of: volume)
                taken.volume = volume
                taken.bytes += size.bytes
                taken.isWhole = size.isWhole
            }
            all.append(taken)
        }
        return all
    }

    private func size(of folder: String) async -> FolderSize {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: FolderSize(of: folder)) }
        }
    }

    /// What a job wrote goes with its container, and then with its volume, after its outcome was stored.
    private func removal(of taken: Taken) async {
        let end = clock.now + Self.patience
        while clock.now < end, await isThere(taken) { try? await Task.sleep(for: Self.interval) }
    }

    private func isThere(_ taken: Taken) async -> Bool {
        if let volume = taken.volume, access(volume, F_OK) == 0 { return true }
        do {
            return try await engine.container(taken.container) != nil
        } catch {
            return true
        }
    }
}
