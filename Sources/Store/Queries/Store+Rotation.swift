import Foundation
internal import GRDB
import Model

extension Store {
    /// What a request for rotation led to.
    public struct Rotation: Sendable, Hashable {
        /// The repositories that get something fresh.
        public var repositories: [RepositoryName] = []
        /// Names in the request that are not declared.
        public var unknown: [RepositoryName] = []

        /// Nothing.
        public init() {}
    }

    /// Takes a request in one transaction: from then on the reconciler sees that something newer is wanted, whatever
    /// happens to this process. The same request again does nothing.
    ///
    /// A deploy key that is being rotated already is not rotated twice.
    ///
    /// - Parameter adminRepository: has a webhook secret too.
    /// - Returns: `nil` when the request was taken before.
    public func rotate(
        _ request: RotationRequest, adminRepository: RepositoryName?
    ) async throws(StoreError) -> Rotation? {
        let time = now().milliseconds
        let result = try await database.write { db -> Rotation? in
            try db.run(
                "INSERT INTO rotationRequest (id, takenAt) VALUES (?, ?) ON CONFLICT DO NOTHING", [request.id, time])
            guard db.changesCount > 0 else { return nil }
            var rotation = Rotation()
            var wanted = Set(request.repositories)
            let projects = try db.all(
                "SELECT \(ProjectRecord.columns) FROM project WHERE isActive = 1 ORDER BY repositoryKey", [],
                ProjectRecord.init)
            for project in projects {
                guard request.repositories.isEmpty || wanted.remove(project.repository) != nil else { continue }
                switch request.kind {
                case .webhookSecrets:
                    for hook in project.config.hooks { try db.raise(project.repository, "\(hook.id)") }
                case .deployKeys:
                    guard try db.raiseDeployKey(of: project) else { continue }
                }
                try db.wantSync(project.id)
                rotation.repositories.append(project.repository)
            }
            if let adminRepository, request.kind == .webhookSecrets,
                request.repositories.isEmpty || request.repositories.contains(adminRepository)
            {
                wanted.remove(adminRepository)
                try db.raise(adminRepository, "\(HookID.adminRepository)")
                if !rotation.repositories.contains(adminRepository) { rotation.repositories.append(adminRepository) }
            }
            rotation.unknown = wanted.sorted()
            return rotation
        }
        if result != nil { notify([.projects, .wantedSync]) }
        return result
    }
}

extension Database {
    /// Asks for a look at a project before its time.
    func wantSync(_ projectID: Int64) throws {
        try run("INSERT OR IGNORE INTO wantedSync (projectID) VALUES (?)", [projectID])
    }

    fileprivate func raise(_ repository: RepositoryName, _ purpose: String) throws {
        let generations = try generations(repository)
        try raise(repository.key, purpose, to: (generations.values[purpose] ?? 1) + 1)
    }

    /// - Returns: whether the project has a deploy key that can be rotated.
    fileprivate func raiseDeployKey(of project: ProjectRecord) throws -> Bool {
        let keys = try deployKeys(project.id)
        guard let current = keys.first(where: { $0.role == .current }) else { return false }
        let latest = keys.map(\.generation).max() ?? current.generation
        guard !keys.contains(where: { $0.role == .next }) else { return true }
        try raise(project.repository.key, SecretGenerations.deployKeyPurpose, to: latest + 1)
        return true
    }
}
