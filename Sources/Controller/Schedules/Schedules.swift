import Foundation
import Git
import Logging
import Model
import ServiceLifecycle
import Store

/// `on.schedule` → builds of the default branch's head.
///
/// The last due time that was taken is stored with the build that it made, so a due time makes one build, whenever the
/// process ends. When the server was down for several due times, one build makes up for all of them. A head that was
/// built before gets a new attempt of the scheduled jobs.
struct Schedules: Service {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let mirrors: ProjectMirrors
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let failures = ScheduleFailures()

    /// - Parameter now: the clock of the due times.
    init(
        configuration: ControllerConfiguration, store: Store, mirrors: ProjectMirrors,
        logger: Logger = Logger(label: "kozmic.schedules"),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.configuration = configuration
        self.store = store
        self.mirrors = mirrors
        self.logger = logger
        self.now = now
    }

    /// Runs until graceful shutdown.
    func run() async throws {
        await PassLoop(topics: [.config, .projects], interval: .seconds(30), changes: store.changes).run {
            await pass()
        }
    }

    /// Takes what is due. Answers when to look again.
    func pass() async -> Duration? {
        do {
            let projects = try await store.activeProjectsWithSchedules()
            let time = now()
            let schedules = try await store.saveSchedules(projects.flatMap { wanted($0, at: time) })
            let waiting = projects.map { project in
                (project: project, due: due(schedules.filter { $0.projectID == project.id }, at: time))
            }.filter { !$0.due.isEmpty }
            // What is no longer due is not tried again, so its time must not be waited for.
            failures.keep(Set(waiting.map(\.project.id)))
            await withDiscardingTaskGroup { group in
                for (project, due) in waiting where !failures.waits(project.id) {
                    group.addTask { await take(due, of: project) }
                }
            }
            let nextDue = schedules.compactMap { CronSchedule($0.cron)?.next(after: time) }.min()
            let wait = nextDue.map { Duration.seconds($0.timeIntervalSince(now())) }
            return [wait, failures.nextTry()].compactMap(\.self).min().map { max($0, .seconds(1)) }
        } catch {
            logger.error("the schedules could not be read: \(error)")
            return .seconds(5)
        }
    }

    private func wanted(_ project: ProjectRecord, at time: Date) -> [ScheduleRecord] {
        project.config.hooks.compactMap { hook in
            hook.triggers.schedule.map {
                ScheduleRecord(projectID: project.id, hook: hook.id, cron: $0, lastDueAt: time)
            }
        }
    }

    /// By due time: hooks that are due together share a build.
    private func due(_ schedules: [ScheduleRecord], at time: Date) -> [Date: [ScheduleRecord]] {
        var due: [Date: [ScheduleRecord]] = [:]
        for record in schedules {
            guard let latest = CronSchedule(record.cron)?.latest(until: time), latest > record.lastDueAt else {
                continue
            }
            due[latest, default: []].append(record)
        }
        return due
    }

    private func take(_ due: [Date: [ScheduleRecord]], of project: ProjectRecord) async {
        do {
            let seen = try await store.eventMark(project.id)
            let event = try await head(of: project)
            // That may have taken minutes.
            guard let project = try await store.project(id: project.id), project.isActive else { return }
            for (time, records) in due.sorted(by: { $0.key < $1.key }) {
                let pages = configuration.pages(project.repository)
                var build = NewBuild(
                    projectID: project.id, event: event,
                    hooks: project.config.hooks.filter { hook in
                        records.contains { $0.hook == hook.id && $0.cron == hook.triggers.schedule }
                    }, trusted: true, configCommit: project.configCommit,
                    pageURL: { number, hook in pages.build(number, hook: hook) })
                build.runsAgain = true
                build.seen = seen
                guard let made = try await store.takeDue(records, at: time, build: build) else { continue }
                logger.info(
                    "scheduled build",
                    metadata: [
                        "project": "\(project.repository)", "number": "\(made.number)", "due": "\(time)",
                        "commit": "\(made.commit)",
                    ])
            }
            failures.succeeded(project.id)
        } catch let error as GitError where error.kind == .cancelled {
            return
        } catch {
            let delay = failures.failed(project.id)
            logger.warning("the schedule of \(project.repository) is tried again in \(delay): \(error)")
        }
    }

    /// The default branch's head as it is now.
    private func head(of project: ProjectRecord) async throws -> TriggerEvent {
        try await mirrors.fetch(project.repository, timeout: .seconds(300))
        let mirror = await mirrors.mirror(project.repository)
        guard let branch = try await mirrors.defaultBranch(of: project),
            let commit = try await mirror.resolve(branch.description)
        else {
            throw GitError(.notFound, "\(project.repository) has no default branch, or no commit on it")
        }
        let facts = try await mirror.commit(commit)
        return TriggerEvent(
            kind: .schedule, ref: branch, commit: commit, message: facts.message, authorName: facts.author.name,
            authorEmail: facts.author.email)
    }
}
