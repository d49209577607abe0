import Hummingbird
import Model
import Store

/// For those who can read the admin repository, but for what came of a commit in one project.
extension APIRoutes {
    func addAdministration(to router: Router<WebContext>) {
        router.get("\(Self.root)/sync") { _, context in
            try lookup.requireAdministration(context)
            return JSONResponse.make(try await SyncDocument(store, metrics.quotas()))
        }
        router.post("\(Self.root)/sync") { request, context in
            try lookup.requireAdministration(context)
            _ = try await APIBody.read(APIBody.Nothing.self, request, context)
            store.noteAdminRepositoryChange()
            for project in try await store.activeProjects() where project.condition.status != .ready {
                try await store.wantSync(project.id)
            }
            try await store.wantRoles(.adminRepository)
            return JSONResponse.make(try await SyncDocument(store, metrics.quotas()), status: .accepted)
        }
        router.get("\(Self.root)/deliveries") { request, context in
            try lookup.requireAdministration(context)
            return JSONResponse.make(try await deliveries(request))
        }
        router.get("\(Self.root)/deliveries/{id}") { _, context in
            try lookup.requireAdministration(context)
            return JSONResponse.make(DeliveryDocument(try await delivery(context)))
        }
        router.post("\(Self.root)/deliveries/{id}/again") { request, context in
            try lookup.requireAdministration(context)
            _ = try await APIBody.read(APIBody.Nothing.self, request, context)
            let found = try await delivery(context)
            guard try await store.decideAgain(found.delivery.id) else {
                throw StoreError.conflict("the delivery waits for its turn, or its payload is gone")
            }
            return JSONResponse.make(DeliveryDocument(try await delivery(context)), status: .accepted)
        }
        router.get("\(Self.root)/explain/deliveries/{guid}") { _, context in
            try lookup.requireAdministration(context)
            let found = try await store.deliveries(guid: try context.parameters.require("guid"))
            guard !found.isEmpty else { throw HTTPError(.notFound) }
            return JSONResponse.make(DeliveryListDocument(deliveries: found.map(DeliveryDocument.init)))
        }
        router.get("\(Self.root)/explain/commits/{commit}") { request, context in
            JSONResponse.make(try await commit(request, context))
        }
    }

    private func delivery(_ context: WebContext) async throws -> ExplainedDelivery {
        guard let id = Int64(try context.parameters.require("id")),
            let found = try await store.explainedDelivery(id)
        else { throw HTTPError(.notFound) }
        return found
    }

    private func deliveries(_ request: Request) async throws -> DeliveryListDocument {
        let limit = try Self.limit(request)
        let repository = try repository(request)
        let found = try await store.deliveries(
            repository, before: try Self.number("after", request), limit: limit + 1)
        let last = found.count > limit ? found[limit - 1] : nil
        return DeliveryListDocument(
            deliveries: found.prefix(limit).map(DeliveryDocument.init), next: last.map { String($0.id) })
    }

    /// The project that the query names.
    private func repository(_ request: Request) throws -> RepositoryName? {
        try Self.text("repository", request).map { text in
            guard let name = RepositoryName(text) else {
                throw APIProblem.badRequest("repository is a name such as acme/widget.")
            }
            return name
        }
    }

    /// Builds are for those who see the project; its deliveries, and all projects at once, for those who see deliveries.
    private func commit(_ request: Request, _ context: WebContext) async throws -> CommitDocument {
        let commit = try context.parameters.require("commit").lowercased()
        guard (7...40).contains(commit.utf8.count), commit.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw APIProblem.badRequest("A commit has 7 to 40 hexadecimal digits.")
        }
        let repository = try repository(request)
        let isForAll = lookup.policy.mayReadAdministration(context.viewer)
        if let repository {
            if !isForAll { _ = try await lookup.project(repository.owner, repository.name, for: context.viewer) }
        } else if !isForAll {
            throw APIProblem.badRequest("repository has to name the project.")
        }
        let found = try await store.explained(commit: commit, repository: repository)
        // Who reads the admin repository sees what was decided, but not the private projects' builds.
        var builds: [BuildDocument] = []
        for item in found.builds {
            guard let project = try await store.project(item.repository),
                lookup.policy.mayRead(project, context.viewer)
            else { continue }
            builds.append(BuildDocument(item, externalURL: configuration.externalURL))
        }
        let deliveries = isForAll ? found.deliveries.map(DeliveryDocument.init) : []
        guard !deliveries.isEmpty || !builds.isEmpty else { throw HTTPError(.notFound) }
        return CommitDocument(deliveries: deliveries, builds: builds)
    }
}
