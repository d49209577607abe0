import Foundation
import Logging
import Model

public final class Store: Sendable {
    public let changes: ChangeSignal
    public let logs: LogFiles
    public let inbox: DeliveryInbox
    init() {
        changes = ChangeSignal()
        logs = LogFiles()
        inbox = DeliveryInbox()
    }
    public static func open(
        dataDirectory: String, now: @escaping @Sendable () -> Date = { Date() }
    ) async throws(StoreError) -> Store { throw soon }
    public func close() async {}
}
let soon = StoreError.failed("not written yet")

extension Store {
    @discardableResult
    public func applyConfig(
        _ desired: DesiredState, revision: ConfigRevision
    ) async throws(StoreError) -> ConfigChanges { throw soon }
    public func saveRevision(_ revision: ConfigRevision) async throws(StoreError) { throw soon }
    public func noteConfigProblem(_ message: String?) async throws(StoreError) { throw soon }
    public func configProblem() async throws(StoreError) -> ConfigProblem? { throw soon }
    public func latestConfigRevision() async throws(StoreError) -> ConfigRevision? { throw soon }
    public func activeProjects() async throws(StoreError) -> [ProjectRecord] { throw soon }
    public func inactiveProjectsWithWebhooks() async throws(StoreError) -> [ProjectRecord] { throw soon }
    public func project(_ repository: RepositoryName) async throws(StoreError) -> ProjectRecord? { throw soon }
    public func project(id: Int64) async throws(StoreError) -> ProjectRecord? { throw soon }
    @discardableResult
    public func setCondition(
        _ projectID: Int64, _ condition: ProjectCondition, configCommit: String
    ) async throws(StoreError) -> Bool { throw soon }
    public func setGitHubFacts(
        _ projectID: Int64, githubID: Int64, isPrivate: Bool, defaultBranch: String?
    ) async throws(StoreError) { throw soon }
    public func webhooks(_ projectID: Int64) async throws(StoreError) -> [WebhookRecord] { throw soon }
    public func saveWebhook(_ webhook: WebhookRecord) async throws(StoreError) { throw soon }
    public func removeWebhook(githubID: Int64) async throws(StoreError) { throw soon }

    public func pendingDeliveries(limit: Int) async throws(StoreError) -> [PendingDelivery] { throw soon }
    public func deliveries(
        _ repository: RepositoryName? = nil, before: Int64? = nil, limit: Int
    ) async throws(StoreError) -> [DeliveryRecord] { throw soon }
    @discardableResult
    public func finishDelivery(
        _ id: Int64, decision: String, failed: Bool = false, build: NewBuild? = nil, action: String? = nil,
        ref: GitRef? = nil
    ) async throws(StoreError) -> BuildRecord? { throw soon }
    @discardableResult
    public func createBuild(_ build: NewBuild) async throws(StoreError) -> BuildRecord? { throw soon }

    public func claimNextJob() async throws(StoreError) -> ClaimedJob? { throw soon }
    public func runningJobs() async throws(StoreError) -> [ClaimedJob] { throw soon }
    public func recordProgress(
        _ jobID: Int64, phase: JobPhase? = nil, baseImageID: String? = nil, digest: String? = nil,
        cacheKey: String? = nil, reused: Bool? = nil
    ) async throws(StoreError) { throw soon }
    @discardableResult
    public func finishJob(
        _ jobID: Int64, _ outcome: JobOutcome, pageURL: PageURL? = nil
    ) async throws(StoreError) -> Bool { throw soon }
    @discardableResult
    public func requestCancel(_ jobID: Int64, reason: String) async throws(StoreError) -> Bool { throw soon }
    @discardableResult
    public func rerun(_ buildID: Int64, _ hook: HookID) async throws(StoreError) -> JobRecord { throw soon }

    public func dueStatuses(now: Date, limit: Int) async throws(StoreError) -> [DueStatus] { throw soon }
    public func acknowledgeStatus(
        _ projectID: Int64, commit: String, context: String, sequence: Int64
    ) async throws(StoreError) { throw soon }
    public func postponeStatus(
        _ projectID: Int64, commit: String, context: String, sequence: Int64, until: Date, error: String,
        giveUp: Bool = false
    ) async throws(StoreError) { throw soon }
    public func nextStatusTime() async throws(StoreError) -> Date? { throw soon }

    public func projectOverview(recent: Int = 20) async throws(StoreError) -> [ProjectOverview] { throw soon }
    public func builds(
        _ projectID: Int64, ref: GitRef? = nil, before: Int? = nil, limit: Int
    ) async throws(StoreError) -> [BuildRecord] { throw soon }
    public func build(_ projectID: Int64, number: Int) async throws(StoreError) -> BuildRecord? { throw soon }
    public func build(id: Int64) async throws(StoreError) -> BuildRecord? { throw soon }
    public func latestBuild(_ projectID: Int64, ref: GitRef? = nil) async throws(StoreError) -> BuildRecord? {
        throw soon
    }
    public func jobs(_ buildID: Int64) async throws(StoreError) -> [JobRecord] { throw soon }
    public func attempts(_ buildID: Int64, _ hook: HookID) async throws(StoreError) -> [JobRecord] { throw soon }
    public func job(_ id: Int64) async throws(StoreError) -> JobRecord? { throw soon }
    public func statuses(_ projectID: Int64, commit: String) async throws(StoreError) -> [StatusRecord] { throw soon }
}

public actor DeliveryInbox {
    public func store(_ delivery: NewDelivery) async throws(StoreError) -> Bool { throw soon }
}

public struct LogFiles: Sendable {
    public func writer(_ jobID: Int64) async throws(StoreError) -> LogWriter { throw soon }
    public func reader(_ jobID: Int64) -> LogReader { LogReader() }
    public func remove(_ jobID: Int64) async throws(StoreError) { throw soon }
    public func freeBytes() throws(StoreError) -> Int64 { throw soon }
}

public final class LogWriter: Sendable {
    public func append(section: UInt8, source: UInt8, _ bytes: [UInt8]) async throws(StoreError) { throw soon }
    public func stored(section: UInt8, source: UInt8) -> Int64 { 0 }
    public func flush() async throws(StoreError) { throw soon }
    public func close() async throws(StoreError) { throw soon }
}

public actor LogReader {
    public func size() throws(StoreError) -> Int64 { throw soon }
    public func read(from: Int64, count: Int) throws(StoreError) -> [UInt8] { throw soon }
    public func chunks() throws(StoreError) -> [LogChunk] { throw soon }
}

public struct LogChunk: Sendable, Hashable {
    public var start: Int64
    public var end: Int64
    public var time: Date
    public var section: UInt8
    public var source: UInt8
}
