import DockerEngine
import Foundation
import Git
import Glibc
import Logging
import Model

/// Keeps the templates of large repositories, and says which one a job's work tree lies above. Each is made once, by a
/// trusted job, and goes when newer ones are there and no volume lies above it.
actor TreeTemplates {
    /// A template serves a job as long as no more than this part of it differs: each job writes that.
    static let mostChanged = 32
    /// Or no more than so many files and folders, which take no time.
    static let alwaysNear = 256
    /// And as long as it lacks no more than so many bytes of packs, which each job would copy.
    private static let mostMissing = 32 << 20
    /// More files than any work tree may have.
    private static let mostEntries = 2_000_000

    private enum Ability {
        case unknown
        case none
        /// The engine's folder of all volumes.
        case volumes(String)
    }

    nonisolated let root: String
    private let engine: DockerEngine
    let workspace: Workspace
    private let limits: TreeLimits?
    nonisolated let logger: Logger
    private let turns = Turns<TreeTemplate.Group>()

    private var leases: [JobAttempt: Set<String>] = [:]
    /// Half-made ones of this process.
    var making: Set<String> = []
    /// Those that are being removed: nobody gets them any more.
    var retiring: Set<String> = []
    private var ability = Ability.unknown
    /// The repositories whose latest job was not one of a large one.
    private var small: Set<String> = []

    /// - Parameters:
    ///   - folder: where they are kept, in a folder of their own.
    ///   - limits: what makes a repository large; `nil`: none is.
    init(engine: DockerEngine, workspace: Workspace, folder: String, limits: TreeLimits?, logger: Logger) {
        self.engine = engine
        self.workspace = workspace
        self.limits = limits
        self.logger = logger
        root = "\(folder)/trees"
    }

    /// Whether a job's work tree is to lie above a template. A job of an untrusted ref uses one that is there, and makes
    /// none: what others build on comes from trusted commits only.
    ///
    /// - Parameter commit: waits for the job's commit. It is not waited for where the commit before was small; whoever gets
    ///   it later calls `noteSize`.
    func isMeant(
        for job: JobSpec, _ mirror: GitMirror, commit: @Sendable () async throws -> Void
    ) async throws -> Bool {
        guard limits != nil, await volumes() != nil else { return false }
        if !job.trusted { return await !names("\(root)/\(TreeTemplate.Group.project(job.repository.key))").isEmpty }
        if small.contains(job.repository.key) { return false }
        try await commit()
        return await noteSize(of: job, mirror)
    }

    private func noteSize(of job: JobSpec, _ mirror: GitMirror) async -> Bool {
        guard limits != nil, job.trusted, let isLarge = try? await isLarge(job, mirror) else { return false }
        note(job, isLarge: isLarge)
        return isLarge
    }

    /// Remembers for the next job whether this one's repository is large, as it was written in full.
    func noteSize(of job: JobSpec, _ checkout: GitCheckout) {
        guard let limits, job.trusted else { return }
        note(job, isLarge: checkout.entries >= limits.entries || checkout.objectBytes >= limits.bytes)
    }

    private func note(_ job: JobSpec, isLarge: Bool) {
        if isLarge { small.remove(job.repository.key) } else { small.insert(job.repository.key) }
    }

    /// The template for a job; it stays at least until the attempt is released.
    ///
    /// - Parameter prepare: what is done once it is known which one it is: at once, while it is still being written.
    /// - Returns: it and what was prepared; `nil` when none is near and the job is not to make one.
    nonisolated func template<Prepared: Sendable>(
        for job: JobSpec, _ user: ContainerUser, _ mirror: GitMirror,
        _ prepare: @escaping @Sendable (TreeTemplate) async throws -> Prepared
    ) async throws -> (template: TreeTemplate, prepared: Prepared)? {
        let (chosen, feed) = AsyncStream.makeStream(of: TreeTemplate.self)
        async let prepared: Prepared? = {
            for await template in chosen { return try await prepare(template) }
            return nil
        }()
        defer { feed.finish() }
        let template = try await self.template(for: job, user, mirror, chosen: feed)
        feed.finish()
        guard let template, let prepared = try await prepared else { return nil }
        return (template, prepared)
    }

    private func template(
        for job: JobSpec, _ user: ContainerUser, _ mirror: GitMirror, chosen: AsyncStream<TreeTemplate>.Continuation
    ) async throws -> TreeTemplate? {
        let group = TreeTemplate.Group(repository: job.repository.key, uid: user.uid, gid: user.gid)
        let attempt = JobAttempt(jobID: job.jobID, attempt: job.attempt)
        let owner = FileOwner(uid: UInt32(user.uid), gid: UInt32(user.gid))
        return try await turns.take(group) {
            for template in await self.found(group) where await self.hold(template, for: attempt) {
                if try await self.isNear(template, job, mirror) {
                    chosen.yield(template)
                    await self.noteUse(of: group)
                    return template
                }
                await self.letGo(template, for: attempt)
            }
            guard job.trusted, try await self.isLarge(job, mirror) else { return nil }
            return try await self.make(group, for: job, attempt, owner, mirror, chosen)
        }
    }

    /// Where the work tree of a template is.
    nonisolated func source(_ template: TreeTemplate) -> String { "\(path(template))/src" }

    nonisolated func path(_ template: TreeTemplate) -> String { "\(root)/\(template.name)" }

    /// The attempt needs its template no more.
    func release(_ attempt: JobAttempt) { leases[attempt] = nil }

    /// The engine refuses to mount: from now on work trees are written in full.
    ///
    /// - Returns: whether the attempt had a template, so that it is worth another try.
    func distrust(for attempt: JobAttempt, because words: String) -> Bool {
        if case .volumes = ability { logger.warning("work trees cannot lie above templates here: \(words)") }
        ability = .none
        return leases.removeValue(forKey: attempt) != nil
    }

    func isHeld(_ name: String) -> Bool { leases.values.contains { $0.contains(name) } }

    /// The names in a folder; none if it is not there.
    func names(_ folder: String) async -> [String] {
        (try? await workspace.blocking { try FileManager.default.contentsOfDirectory(atPath: folder) }) ?? []
    }

    /// Where the engine keeps volumes; `nil` where no work tree can lie above a template.
    func volumes() async -> String? {
        switch ability {
        case .none: return nil
        case .volumes(let folder): return folder
        case .unknown: break
        }
        guard geteuid() == 0, engine.isLocal, access("/sys/fs/selinux/enforce", F_OK) != 0, TreeTemplate.isDurable,
            TreeLayer.isNameable(root),
            (try? await workspace.blocking({ [root] in try Self.canHide(in: root) })) == true
        else {
            ability = .none
            return nil
        }
        // An engine that does not answer now is asked again for the next job.
        guard let info = try? await engine.info() else { return nil }
        let folder = "\(info.rootDirectory)/volumes"
        // Root in a container must be root here: else the files of a template would be nobody's.
        let isPossible = TreeLayer.isNameable(folder) && !info.mapsUsers && !info.isRootless
        if case .unknown = ability { ability = isPossible ? .volumes(folder) : .none }
        guard case .volumes(let answer) = ability else { return nil }
        return answer
    }

    /// Whether this process may make the marks by which an upper folder hides what is below.
    private static func canHide(in root: String) throws -> Bool {
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let mark = "\(root)/.hidden"
        defer { unlink(mark) }
        // Somebody else's at the same moment, or one of a process that was killed, is as good.
        return mknod(mark, mode_t(S_IFCHR), 0) == 0 || errno == EEXIST
    }

    /// The latest first.
    private func found(_ group: TreeTemplate.Group) async -> [TreeTemplate] {
        await names("\(root)/\(group.folder)").compactMap { TreeTemplate("\(group.folder)/\($0)") }
            .sorted { $0.stamp > $1.stamp }
    }

    private func isNear(_ template: TreeTemplate, _ job: JobSpec, _ mirror: GitMirror) async throws -> Bool {
        let limit = max(template.entries / Self.mostChanged, Self.alwaysNear)
        guard try await mirror.distance(from: template.commit, to: job.commit, limit: limit) != nil else {
            return false
        }
        return await mirror.bytesMissing(in: source(template)) <= Self.mostMissing
    }

    private func hold(_ template: TreeTemplate, for attempt: JobAttempt) -> Bool {
        guard !retiring.contains(template.name) else { return false }
        leases[attempt, default: []].insert(template.name)
        return true
    }

    private func letGo(_ template: TreeTemplate, for attempt: JobAttempt) {
        leases[attempt]?.remove(template.name)
    }

    private func isLarge(_ job: JobSpec, _ mirror: GitMirror) async throws -> Bool {
        guard let limits else { return false }
        return try await mirror.isLarge(commit: job.commit, entries: limits.entries, bytes: limits.bytes)
    }

    /// Which one was used longest ago is seen by the folder that it is in: its own must not be touched.
    private func noteUse(of group: TreeTemplate.Group) async {
        let folder = "\(root)/\(group.folder)"
        _ = try? await workspace.blocking { utimes(folder, nil) }
    }

    private func make(
        _ group: TreeTemplate.Group, for job: JobSpec, _ attempt: JobAttempt, _ owner: FileOwner, _ mirror: GitMirror,
        _ chosen: AsyncStream<TreeTemplate>.Continuation
    ) async throws -> TreeTemplate {
        let entries = try await mirror.count(commit: job.commit, limit: Self.mostEntries)
        let template = TreeTemplate(
            group, commit: job.commit, entries: entries, stamp: Int64(Date().timeIntervalSince1970 * 1000))
        let partial = "\(root)/\(group.folder)/.partial-\(UInt32.random(in: .min ... .max))"
        let place = path(template)
        making.insert(partial)
        defer { making.remove(partial) }
        _ = hold(template, for: attempt)
        chosen.yield(template)
        do {
            try await workspace.blocking {
                try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
            }
            // The packs are the mirror's own files: nothing can be written there through a mount.
            try await mirror.checkout(commit: job.commit, into: "\(partial)/src", owner: owner)
            try await workspace.blocking {
                guard rename(partial, place) == 0 else {
                    throw GitError(.other, "cannot make \(place): \(String(cString: strerror(errno)))")
                }
            }
            return template
        } catch {
            letGo(template, for: attempt)
            try? await workspace.blocking { try FileManager.default.removeItem(atPath: partial) }
            throw error
        }
    }
}
