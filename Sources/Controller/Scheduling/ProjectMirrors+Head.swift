import Foundation
import Git
import Model
import Store

extension ProjectMirrors {
    /// The time of an event that is found by reading a repository. GitHub tells of pushes in whole seconds: what is pushed
    /// while it is read has to count as newer.
    ///
    /// - Parameter start: of a moment before it is read.
    static func eventTime(readingFrom start: Date) -> Int64 { Int64(start.timeIntervalSince1970) - 1 }

    /// The default branch: as GitHub said, or before it did, as the repository says.
    ///
    /// - Returns: `nil` for a repository without commits.
    nonisolated func defaultBranch(of project: ProjectRecord) async throws -> GitRef? {
        if let name = project.defaultBranch { return .branch(name) }
        let head = try await references(project.repository).first { $0.name == "HEAD" }
        return head?.symbolicTarget.map { GitRef($0) }
    }
}
