import DockerEngine
import Foundation
import Model

/// A job's container, found again by the build that people know.
public struct KeptContainer: Sendable {
    /// Its id.
    public var id: String
    /// Whether its script still runs.
    public var isRunning: Bool
    /// The hook's user.
    public var user: String

    /// The container of a build's job that was made last.
    ///
    /// - Returns: `nil` when the engine has none.
    /// - Throws: `DockerError`.
    public static func find(
        _ repository: RepositoryName, build number: Int, _ hook: HookID, on engine: DockerEngine
    ) async throws(DockerError) -> KeptContainer? {
        let labels: [String: String?] = [Labels.repository: repository.key, Labels.hook: hook.description]
        let found = try await engine.containers(labels: labels).filter { Labels.owner(of: $0) != nil }
        for summary in found.sorted(by: { ($0.created, attempt($0)) > ($1.created, attempt($1)) }) {
            guard let container = try await engine.container(summary.id),
                container.environment.contains("KOZMIC_BUILD_NUMBER=\(number)")
                    || (summary.labels[Labels.standby]?.isEmpty == false
                        && container.name.hasSuffix("-build-\(number)"))
            else { continue }
            return KeptContainer(id: container.id, isRunning: container.state.isRunning, user: container.user)
        }
        return nil
    }

    /// What names of such images begin with.
    static let imageFolder = "kozmic-shell"

    /// Makes an image of what the script left. It names the job as the container does, so that a container made of it is
    /// removed when the job's own is.
    ///
    /// - Returns: the image's name; whoever called removes it. What is left by one that was killed, a sweep removes.
    /// - Throws: `DockerError`.
    public func image(on engine: DockerEngine) async throws(DockerError) -> String {
        let name = "\(Self.imageFolder)/\(id.prefix(12)):\(UInt32.random(in: .min ... .max))"
        try await engine.commit(
            container: id, reference: name, changes: DockerCommitConfig(labels: [Labels.shell: "yes"], entrypoint: []))
        return name
    }

    private static func attempt(_ container: DockerContainerSummary) -> Int {
        Labels.owner(of: container)?.attempt ?? 0
    }
}
