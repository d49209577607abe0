import Model
import Store

/// How what was found on GitHub, and is only reported, would be declared in a project's file.
struct ProjectAdoption {
    /// The project.
    var repository: RepositoryName
    /// Its file in the admin repository.
    var file: String
    /// The lines, with comments.
    var text: String

    /// Those of all declared projects that have such differences, by name.
    static func all(_ drift: [DriftRecord], _ projects: some Sequence<ProjectRecord>) -> [ProjectAdoption] {
        let differences = Dictionary(grouping: drift, by: \.projectID)
        return projects.compactMap { project -> ProjectAdoption? in
            guard project.isActive, let own = differences[project.id] else { return nil }
            let adoption = Adoption(project.config, own.map { Adoption.Difference($0.difference) })
            guard !adoption.isEmpty else { return nil }
            return ProjectAdoption(repository: project.repository, file: project.config.file, text: adoption.text)
        }.sorted { $0.repository.description < $1.repository.description }
    }
}
