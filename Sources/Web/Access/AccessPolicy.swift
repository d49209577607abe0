import Model
import Store

/// Who may see and do what: the one place that every page, event stream, log, badge and form asks.
///
/// What a viewer may not see looks as if it did not exist.
struct AccessPolicy: Sendable {
    /// Whether everybody who reaches this address may read everything.
    var showsPrivate: Bool

    /// What the viewer is in the project; `nil` for nothing.
    func role(of viewer: Viewer, in project: ProjectRecord) -> Role? {
        guard let session = viewer.person?.session, let level = session.levels[project.id] else { return nil }
        return Role(level, login: session.login, declaredOwner: project.config.owner)
    }

    /// Public projects are everybody's to read. One whose privacy is not known yet is private.
    func mayRead(_ project: ProjectRecord, _ viewer: Viewer) -> Bool {
        showsPrivate || !project.isPrivate || role(of: viewer, in: project) != nil
    }

    /// Whether the viewer may start builds, rerun and cancel jobs, delete logs and ask for a synchronisation.
    func mayManage(_ project: ProjectRecord, _ viewer: Viewer) -> Bool {
        role(of: viewer, in: project).map { $0 >= .manager } ?? false
    }

    /// Whether the viewer may see who else has a role in the project.
    func maySeeMembers(_ project: ProjectRecord, _ viewer: Viewer) -> Bool {
        showsPrivate || role(of: viewer, in: project) != nil
    }

    /// Whether the viewer may know what the configuration says about people: who gets mail, who is given access, who wrote
    /// a line, and the reasons and differences that may name them.
    func mayKnowPeople(_ project: ProjectRecord, _ viewer: Viewer) -> Bool {
        maySeeMembers(project, viewer) || mayReadAdministration(viewer)
    }

    /// Whether the viewer may see the configuration of the whole server and all deliveries: those who can read the
    /// admin repository on GitHub.
    func mayReadAdministration(_ viewer: Viewer) -> Bool {
        showsPrivate || viewer.person?.session.readsAdminRepository == true
    }
}
