import Hummingbird
import Model
import Store

extension APIRoutes {
    func addProjects(to router: Router<WebContext>) {
        router.get("\(Self.root)/user") { _, context in JSONResponse.make(user(context.viewer)) }
        router.get("\(Self.root)/projects") { request, context in
            JSONResponse.make(try await projects(request, context.viewer))
        }
        router.get("\(Self.root)/projects/{owner}/{repo}") { _, context in
            JSONResponse.make(try await document(try await lookup.project(context), context.viewer))
        }
        router.get("\(Self.root)/projects/{owner}/{repo}/settings") { _, context in
            let project = try await lookup.project(context)
            let settings = try await lookup.settings(of: project, for: context.viewer)
            return JSONResponse.make(
                SettingsDocument(
                    project, settings.map { ($0.commit, $0.values) },
                    showsOwner: lookup.policy.mayKnowPeople(project, context.viewer),
                    externalURL: configuration.externalURL))
        }
        router.get("\(Self.root)/projects/{owner}/{repo}/members") { _, context in
            let project = try await lookup.project(context)
            guard lookup.policy.maySeeMembers(project, context.viewer) else { throw HTTPError(.notFound) }
            let roles = try await store.roles(project.id)
            return JSONResponse.make(
                MemberListDocument(roles, try await store.roleReading(.project(project.id)), project))
        }
    }

    private func user(_ viewer: Viewer) -> UserDocument {
        let person = viewer.person
        return UserDocument(
            login: person?.login, name: person?.session.name,
            readsAdministration: lookup.policy.mayReadAdministration(viewer),
            csrfToken: person.flatMap { $0.isByToken ? nil : $0.formToken })
    }

    /// One project with its newest build and what differs on GitHub.
    func document(_ project: ProjectRecord, _ viewer: Viewer) async throws -> ProjectDocument {
        var main: BuildRecord?
        if let ref = project.mainRef { main = try await store.latestBuild(project.id, ref: ref) }
        var document = ProjectDocument(
            project, latest: try await store.latestBuild(project.id), main: main?.standing, for: viewer,
            by: lookup.policy, externalURL: configuration.externalURL)
        if project.isActive {
            document.heard = ProjectDocument.Heard(
                try await store.lastHeard(project.repository), saysWhat: lookup.policy.mayKnowPeople(project, viewer))
        }
        document.drift = try await lookup.drift(of: project, for: viewer).map { DriftDocument($0, project.repository) }
        return document
    }

    /// By name; `text` filters by a part of it.
    private func projects(_ request: Request, _ viewer: Viewer) async throws -> ProjectListDocument {
        let limit = try Self.limit(request)
        let text = try Self.text("text", request)?.lowercased()
        let after = try Self.text("after", request)?.lowercased()
        let found = try await overview.value().lazy.filter { item in
            let key = item.project.repository.key
            return item.project.isActive && lookup.policy.mayRead(item.project, viewer)
                && after.map { key > $0 } ?? true && text.map { key.contains($0) } ?? true
        }.prefix(limit + 1)
        let shown = Array(found)
        let last = shown.count > limit ? shown[limit - 1] : nil
        return ProjectListDocument(
            projects: shown.prefix(limit).map { item in
                ProjectDocument(
                    item.project, latest: item.latest, main: item.main, for: viewer, by: lookup.policy,
                    externalURL: configuration.externalURL)
            }, next: last.map { $0.project.repository.key })
    }
}
