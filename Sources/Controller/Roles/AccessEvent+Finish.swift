import Model
import Store

extension AccessEvent {
    /// Stores the decision and wishes for what is to be read again.
    ///
    /// - Parameter project: `nil` for the admin repository.
    func finish(_ delivery: DeliveryRecord, of project: ProjectRecord?, in store: Store) async throws(StoreError) {
        // Before the delivery is done: a crash in between leads to a second wish, not to none.
        try await store.wantRoles(project.map { .project($0.id) } ?? .adminRepository)
        if let project, concernsRepository { try await store.wantSync(project.id) }
        if concernsAll { try await store.wantRoles(olderThan: 0) }
        try await finish(delivery, in: store)
    }

    /// The same for a delivery of an organization's webhook, or of an app's.
    ///
    /// - Parameter adminRepository: when it is on GitHub.
    func finishAccount(
        _ delivery: DeliveryRecord, adminRepository: RepositoryName?, in store: Store
    ) async throws(StoreError) {
        let name = delivery.repository
        if let owner = AccountEvent.owner(ofFiling: name) {
            if owner.lowercased() == adminRepository?.owner.lowercased() {
                try await store.wantRoles(.adminRepository)
            }
            try await store.wantRoles(ofOwner: owner)
            if concernsRepository { try await store.wantSyncs(ofOwner: owner) }
            return try await finish(delivery, in: store)
        }
        if name == adminRepository { try await store.wantRoles(.adminRepository) }
        guard let project = try await store.project(name), project.isActive else {
            if name == adminRepository { return try await finish(delivery, in: store) }
            _ = try await store.finishDelivery(
                delivery.id, decision: "\(name) is not declared in the admin repository", failed: false, build: nil)
            return
        }
        try await store.wantRoles(.project(project.id))
        if concernsRepository { try await store.wantSync(project.id) }
        try await finish(delivery, in: store)
    }

    private func finish(_ delivery: DeliveryRecord, in store: Store) async throws(StoreError) {
        let what =
            switch self {
            case .public, .repository: "the repository's settings changed"
            case .installation, .installationRepositories: "what the app may do changed"
            default: "somebody's access changed"
            }
        _ = try await store.finishDelivery(
            delivery.id, decision: "\(what); it is read from GitHub again", failed: false, build: nil)
    }
}
