import Git
import Logging
import Model
import ServiceLifecycle
import Store

/// Searches for the commits that broke hooks: begins bisections, and takes them on step by step.
///
/// All that is known is in the store, and each step is decided anew from there: a process that ends between two steps
/// loses none and does none twice.
public struct Bisections: Service {
    let configuration: ControllerConfiguration
    let store: Store
    let mirrors: ProjectMirrors
    let logger: Logger
    private let failures = ScheduleFailures()

    /// - Parameter logger: gets a line for each step, with the project and the commit.
    init(
        configuration: ControllerConfiguration, store: Store, mirrors: ProjectMirrors,
        logger: Logger = Logger(label: "kozmic.bisections")
    ) {
        self.configuration = configuration
        self.store = store
        self.mirrors = mirrors
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        await PassLoop(topics: [.bisections, .projects], interval: .seconds(60), changes: store.changes).run {
            await pass()
        }
    }

    /// Decides about failures that nobody decided about, and takes each bisection one step further. Answers when to look
    /// again.
    func pass() async -> Duration? {
        do {
            let wanted = try await store.wantedBisections()
            await withDiscardingTaskGroup { group in
                for (project, wanted) in Dictionary(grouping: wanted, by: \.project.id) where !failures.waits(project) {
                    group.addTask { await trying(project) { for one in wanted { try await decide(one) } } }
                }
            }
            let running = try await store.runningBisections()
            failures.keep(Set(wanted.map(\.project.id) + running.map(\.record.projectID)))
            await withDiscardingTaskGroup { group in
                for (project, running) in Dictionary(grouping: running, by: \.record.projectID)
                where !failures.waits(project) {
                    group.addTask { await trying(project) { for one in running { try await advance(one) } } }
                }
            }
            return failures.nextTry().map { max($0, .seconds(1)) }
        } catch {
            logger.error("the bisections could not be read: \(error)")
            return .seconds(5)
        }
    }

    /// A repository that cannot be read keeps only its own project waiting.
    private func trying(_ project: Int64, _ body: () async throws -> Void) async {
        do {
            try await body()
            failures.succeeded(project)
        } catch is CancellationError {
            return
        } catch let error as GitError where error.kind == .cancelled {
            return
        } catch {
            let delay = failures.failed(project)
            logger.warning(
                "a bisection is tried again in \(delay): \(error)", metadata: ["project": "\(project)"])
        }
    }

    func log(_ message: String, _ record: BisectionRecord, _ more: Logger.Metadata = [:]) {
        logger.info(
            "\(message)",
            metadata: ["bisection": "\(record.id)", "hook": "\(record.hook)", "ref": "\(record.ref)"].merging(more) {
                _, new in new
            })
    }
}
