import Controller
import Foundation
import Glibc
import Model
import Reconciler
import Store

/// A request for rotation that was left for the server, and what becomes of it.
struct RotationWatch: Sendable {
    /// How far one project is.
    struct State: Encodable, CustomStringConvertible {
        var repository: RepositoryName
        var isDone: Bool
        /// What there is now, or what it waits for.
        var detail: String

        var description: String { "\(repository): \(isDone ? "done" : "under way"), \(detail)" }
    }

    private let kind: RotationRequest.Kind
    private let dataDirectory: String
    private let before: [RepositoryName: ReconcileRecord]
    private let request: String

    /// Leaves the request.
    ///
    /// - Throws: `SettingProblem` when there is no such server or project, or the file cannot be written.
    init(kind: RotationRequest.Kind, dataDirectory: String, names: [RepositoryName]) async throws {
        guard let records = try await Store.peek(dataDirectory: dataDirectory) else {
            throw DataFolder.noDatabase(dataDirectory)
        }
        let known = Dictionary(
            records.filter(\.project.isActive).map { ($0.project.repository, $0) }
        ) { first, _ in first }
        if let unknown = names.first(where: { known[$0] == nil }) {
            throw SettingProblem("there is no project \(unknown)")
        }
        let chosen = known.filter { names.isEmpty || names.contains($0.key) }
        let affected = kind == .webhookSecrets ? chosen : chosen.filter { $0.value.deployKey != nil }
        if let without = names.first(where: { affected[$0] == nil }) {
            throw SettingProblem("\(without) has no deploy key")
        }
        before = affected
        self.kind = kind
        self.dataDirectory = dataDirectory
        let id = UUID().uuidString.lowercased()
        request = "\(RotationRequest.folder(dataDirectory: dataDirectory))/\(id).json"
        try leave(RotationRequest(id: id, kind: kind, repositories: names))
    }

    /// The file appears whole, and belongs to whoever owns the data directory: the server must be able to read it.
    private func leave(_ wish: RotationRequest) throws {
        let folder = RotationRequest.folder(dataDirectory: dataDirectory)
        let attributes = try? FileManager.default.attributesOfItem(atPath: dataDirectory)
        guard let user = attributes?[.ownerAccountID] as? NSNumber,
            let group = attributes?[.groupOwnerAccountID] as? NSNumber
        else { throw SettingProblem("\(dataDirectory) cannot be read") }
        do {
            if mkdir(folder, 0o700) == 0 { chown(folder, user.uint32Value, group.uint32Value) }
            try JSONEncoder().encode(wish).write(to: URL(filePath: request + ".new"))
            chown(request + ".new", user.uint32Value, group.uint32Value)
        } catch {
            throw SettingProblem("\(folder) cannot be written: \(error.localizedDescription)")
        }
        guard rename(request + ".new", request) == 0 else {
            throw SettingProblem("\(request) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Looks until all is done or the time is over. The server is another program, so it is asked again and again.
    func states(within limit: Duration) async throws -> [State] {
        let end = ContinuousClock.now + limit
        while true {
            let states = try await look()
            if ContinuousClock.now >= end || states.allSatisfy(\.isDone) { return states }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    private func look() async throws -> [State] {
        let isTaken = !FileManager.default.fileExists(atPath: request)
        let records = try await Store.peek(dataDirectory: dataDirectory) ?? []
        return records.compactMap { record in
            guard let old = before[record.project.repository] else { return nil }
            guard isTaken else {
                return State(
                    repository: record.project.repository, isDone: false,
                    detail: "the request waits for the server in \(request)")
            }
            return kind == .deployKeys ? deployKey(record, old) : webhooks(record, old)
        }
    }

    private func deployKey(_ record: ReconcileRecord, _ old: ReconcileRecord) -> State {
        let isDone = record.deployKey?.publicKey != old.deployKey?.publicKey && record.deployKeys.count == 1
        return State(
            repository: record.project.repository, isDone: isDone,
            detail: isDone ? "the deploy key is \(record.deployKey?.fingerprint ?? "gone")" : waiting(record))
    }

    private func webhooks(_ record: ReconcileRecord, _ old: ReconcileRecord) -> State {
        let hooks = record.project.config.hooks.map(\.id)
        let fresh = hooks.filter { hook in
            let webhook = record.webhooks.first { $0.hook == hook }
            let generation = record.generations.webhook(hook)
            return generation > old.generations.webhook(hook)
                && webhook.map { WebhookAddress.generation(of: $0.url) } == generation
        }
        let isDone = fresh.count == hooks.count
        return State(
            repository: record.project.repository, isDone: isDone,
            detail: isDone
                ? "\(hooks.count) webhook\(hooks.count == 1 ? " has a fresh secret" : "s have fresh secrets")"
                : waiting(record))
    }

    private func waiting(_ record: ReconcileRecord) -> String {
        record.project.condition.reason ?? "the server is at work"
    }
}
