import Model
import Store

/// What is known of a project beside its builds. Much of it names people, which is for those who may know them.
extension PageLookup {
    /// The keys of a project's settings that say who gets mail and who has access.
    private static let keysAboutPeople: Set<String> = ["notify", "owner", "permissions"]
    /// What a stranger may see is looked for among so many differences.
    private static let differenceLimit = 200

    /// Each setting with the line that it comes from, and the files of which nobody knows yet who wrote them.
    ///
    /// Who may not know people gets no setting that is about them, and no writers; what such a setting won against is left
    /// out with it.
    func settings(
        of project: ProjectRecord, for viewer: Viewer
    ) async throws -> (commit: String, values: [ExplainedValue], unknown: [String])? {
        guard let settings = try await store.projectSettings(project.id) else { return nil }
        if policy.mayKnowPeople(project, viewer) {
            try await store.wantConfigHistories(settings.unknown)
            return settings
        }
        let values = settings.values.filter { value in
            // A hook may be called like one of the keys, but stands below `hooks`.
            !Self.keysAboutPeople.contains(String(value.path.prefix { $0 != "." }))
        }
        return (settings.commit, values.map { $0.dated { _ in nil } }, [])
    }

    /// The newest differences on GitHub that nobody asked for. Those of collaborators, invitations, teams and keys are for
    /// who may know people.
    func drift(of project: ProjectRecord, for viewer: Viewer, limit: Int = 20) async throws -> [DriftRecord] {
        if policy.mayKnowPeople(project, viewer) { return try await store.drift(project.id, limit: limit) }
        let found = try await store.drift(project.id, limit: Self.differenceLimit)
        return Array(found.filter { $0.difference.object.hasPrefix("webhook ") }.prefix(limit))
    }
}
