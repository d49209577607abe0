import Foundation
import GitHub
import Model
import Store

/// What commit statuses tell of builds that a lost database knew.
///
/// A project that is new here may have been ours before. Then its heads carry statuses of ours: one that is final was
/// built and is left alone; one that is pending would stay so for ever, so it is built again. Build numbers go on where
/// the addresses in the statuses end, so that no old link leads to another build.
struct UnfinishedHeads: Sendable {
    var client: GitHubClient
    var store: Store
    /// The server's address, without a slash at the end.
    var externalURL: String

    /// How many heads are asked about, once in a project's life here: old branches wait for nobody.
    private static let limit = 30

    /// The refs whose builds never ended, of those that a new project has.
    ///
    /// - Parameters:
    ///   - heads: what each ref leads to.
    ///   - main: the ref that HEAD names.
    func find(_ project: ProjectRecord, _ heads: [String: String], main: String?) async throws -> [String] {
        var wasOurs = try await store.webhooks(project.id).contains { $0.isFound }
        var unfinished: [String] = []
        var latestNumber = 0
        let refs = heads.keys.sorted { ($0 == main ? 0 : 1, $0) < ($1 == main ? 0 : 1, $1) }
        for ref in refs.prefix(Self.limit) {
            guard let commit = heads[ref] else { continue }
            // One question tells whether the others are worth asking.
            guard ref == main || wasOurs else { break }
            let statuses = try await ours(project.repository, commit)
            wasOurs = wasOurs || !statuses.isEmpty
            if statuses.contains(where: { $0.state == "pending" }) { unfinished.append(ref) }
            latestNumber = max(latestNumber, statuses.compactMap(Self.number).max() ?? 0)
        }
        if latestNumber > 0 { try await store.raiseBuildNumber(project.id, to: latestNumber) }
        return unfinished
    }

    /// The latest status of each context of ours; none for what is no commit, such as an annotated tag.
    private func ours(_ repository: RepositoryName, _ commit: String) async throws -> [GitHubStatus] {
        let all: [GitHubStatus]
        do {
            all = try await client.statuses("\(repository)", ref: commit)
        } catch {
            // Without the right to read them nothing is known, and that is no reason not to begin.
            switch error.kind {
            case .notFound, .validation, .forbidden, .unauthorized: return []
            default: throw error
            }
        }
        // GitHub lists the newest first.
        var seen: Set<String> = []
        return all.filter { status in
            status.targetURL?.hasPrefix(externalURL + "/") == true && status.context.hasPrefix("Kozmic CI")
                && seen.insert(status.context).inserted
        }
    }

    /// The number in the address of a build's page.
    private static func number(_ status: GitHubStatus) -> Int? {
        guard let rest = status.targetURL?.components(separatedBy: "/builds/").last else { return nil }
        return Int(rest.prefix { $0.isNumber })
    }
}

extension WebhookRecord {
    /// Whether it was found on GitHub, made by a server that lost its database.
    var isFound: Bool { updatedAt == Date(timeIntervalSince1970: 0) }
}
