import Git
import Model
import Store

extension ProjectMirrors {
    /// The default branch: as GitHub said, or before it did, as the repository says.
    ///
    /// - Returns: `nil` for a repository without commits.
    nonisolated func defaultBranch(of project: ProjectRecord) async throws -> GitRef? {
        if let name = project.defaultBranch { return .branch(name) }
        let head = try await references(project.repository).first { $0.name == "HEAD" }
        return head?.symbolicTarget.map { GitRef($0) }
    }
}
