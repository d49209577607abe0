import GitHub

/// Carries operations on deploy keys out.
struct DeployKeyApplier: Sendable {
    var client: GitHubClient
    /// Makes a key and keeps its private half; called before GitHub hears of it.
    var make: @Sendable () async throws -> DeployKeyIdentity

    /// - Returns: the key that GitHub has now; `nil` for a deletion.
    func apply(_ operation: DeployKeyOperation, _ repository: String) async throws -> AppliedDeployKey? {
        switch operation {
        case .create(let title, let key):
            return try await create(key, title: title, repository)
        case .replace(let id, let key, let title, _):
            try await client.deleteDeployKey(repository, id)
            return try await create(key, title: title, repository)
        case .delete(let id, _):
            try await client.deleteDeployKey(repository, id)
            return nil
        }
    }

    private func create(
        _ given: DeployKeyIdentity?, title: String, _ repository: String
    ) async throws -> AppliedDeployKey {
        let key: DeployKeyIdentity
        if let given { key = given } else { key = try await make() }
        do {
            return try await add(key, title: title, repository)
        } catch let error as GitHubError {
            guard error.leavesOutcomeOpen || error.saysThatKeyIsInUse else { throw error }
            // An earlier attempt, perhaps of an earlier process, may have succeeded without our knowing it.
            let there = try await client.deployKeys(repository).first { $0.matches(key.publicKey) }
            if let there {
                if there.isReadOnly, there.title == title { return AppliedDeployKey(id: there.id, key: key) }
                try await client.deleteDeployKey(repository, there.id)
                return try await add(key, title: title, repository)
            }
            guard error.saysThatKeyIsInUse else { throw error }
            // Some other repository has it, such as the one that had this name before.
            return try await add(try await make(), title: title, repository)
        }
    }

    private func add(_ key: DeployKeyIdentity, title: String, _ repository: String) async throws -> AppliedDeployKey {
        let made = try await client.createDeployKey(repository, title: title, key: key.publicKey, isReadOnly: true)
        guard made.matches(key.publicKey), made.isReadOnly else {
            throw GitHubError(kind: .decoding, message: "GitHub made another deploy key than it was asked for")
        }
        return AppliedDeployKey(id: made.id, key: key)
    }
}

/// A deploy key that GitHub now has.
public struct AppliedDeployKey: Sendable, Hashable {
    /// GitHub's number.
    public var id: Int64
    /// Which key.
    public var key: DeployKeyIdentity
}

extension GitHubError {
    fileprivate var saysThatKeyIsInUse: Bool {
        guard case .validation(let fields) = kind else { return false }
        return fields.contains { $0.message?.lowercased().contains("already in use") == true }
    }
}
