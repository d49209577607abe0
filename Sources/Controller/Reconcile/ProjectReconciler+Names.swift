import GitHub
import Model
import Reconciler
import Store

extension ProjectReconciler {
    /// Two projects that make one repository as they declare it would undo each other's work for ever.
    func yieldToNewName(_ project: ProjectRecord, _ facts: GitHubRepository) async throws {
        guard facts.fullName.lowercased() != project.repository.key, let name = RepositoryName(facts.fullName),
            try await store.project(name)?.isActive == true
        else { return }
        throw ReconcileProblem(
            reason: "It is called \(name) on GitHub now, and declared under that name, too: remove the file of "
                + "\(project.repository) from the admin repository.", isStalled: true)
    }

    /// A repository that is declared under its new name has the same deploy keys, which are made from its number: when
    /// that project wants a key, they are its own now, and so is the removal of those that are of no use.
    func leaveKeys(_ project: ProjectRecord, to survey: inout Survey) async throws {
        guard let name = RepositoryName(survey.facts.fullName), let other = try await store.project(name),
            other.isActive, other.id != project.id,
            DesiredDeployKey.isWanted(other.config.deployKey, isPrivate: survey.facts.isPrivate)
        else { return }
        survey.plan.operations.removeAll { $0.part == .deployKey }
        survey.leavesDeployKeys = true
    }
}
