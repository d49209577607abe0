import GitHub
import Model
import Store

/// Finds what comes of a change: from the store how long things took, from GitHub which statuses its branches ask for.
struct ConsequenceFinder: Sendable {
    var store: Store
    var client: GitHubClient

    /// Repositories that are asked for their protection; more are not, and that is said.
    private static let mostRepositories = 20

    /// - Parameters:
    ///   - desired: the configuration that would be.
    ///   - records: what is known of the projects that there are.
    ///   - touched: the projects whose configuration changes.
    ///   - asksGitHub: whether branches are asked what they require.
    func find(
        _ desired: DesiredState, _ records: [RepositoryName: ReconcileRecord], touched: [RepositoryName],
        asksGitHub: Bool
    ) async throws -> Consequences {
        var consequences = Consequences()
        for name in touched {
            let old = records[name].flatMap { $0.project.isActive ? $0.project.config : nil }
            consequences.compare(old, desired.project(name))
        }
        for (position, rebuild) in consequences.rebuilds.enumerated() {
            guard let project = records[rebuild.repository]?.project else { continue }
            consequences.rebuilds[position].lastSeconds = try await store.lastInstallSeconds(project.id, rebuild.hook)
        }
        if asksGitHub { try await findRequired(&consequences, records) }
        return consequences
    }

    private func findRequired(
        _ consequences: inout Consequences, _ records: [RepositoryName: ReconcileRecord]
    ) async throws {
        let names = Set(consequences.lostContexts.map(\.repository)).sorted()
        for (position, name) in names.enumerated() {
            guard position < Self.mostRepositories else {
                consequences.notes.append(
                    "\(names.count - position) more repositories lose statuses; whether they are required there was "
                        + "not looked at.")
                return
            }
            guard let branch = records[name]?.project.defaultBranch else { continue }
            do throws(GitHubError) {
                try await findRequired(&consequences, name, branch)
            } catch {
                switch error.kind {
                case .forbidden, .notFound, .validation:
                    consequences.notes.append(
                        "Which statuses `\(branch)` of `\(name)` requires cannot be read: the token may not. It loses "
                            + "some: look at its branch protection.")
                default: throw error
                }
            }
        }
    }

    private func findRequired(
        _ consequences: inout Consequences, _ name: RepositoryName, _ branch: String
    ) async throws(GitHubError) {
        var required = Set(try await client.contextsRequiredByRules("\(name)", branch: branch))
        var refusal: GitHubError?
        do {
            required.formUnion(try await client.requiredContexts("\(name)", branch: branch))
        } catch {
            // The rules may have told all there is to know; what only the protection says is told as unknown.
            guard error.kind == .forbidden else { throw error }
            refusal = error
        }
        let isLost = consequences.lostContexts.contains { $0.repository == name && required.contains($0.context) }
        if isLost {
            let waiting = try await client.pulls("\(name)").count { $0.base.ref == branch }
            for position in consequences.lostContexts.indices
            where consequences.lostContexts[position].repository == name
                && required.contains(consequences.lostContexts[position].context)
            {
                consequences.lostContexts[position].branch = branch
                consequences.lostContexts[position].waiting = waiting
            }
        }
        if let refusal { throw refusal }
    }
}
