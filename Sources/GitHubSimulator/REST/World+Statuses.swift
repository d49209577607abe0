import Foundation

extension World {
    /// So many statuses one commit and context can have.
    static let statusLimit = 1000

    func createStatus(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call, for: .push)
        let creator = try requireViewer(call)
        let sha = call.parameter("sha").lowercased()
        guard let state = try call.string("state") else { throw RESTFailure.notSupplied("state") }
        let context = try call.string("context") ?? "default"
        let description = try call.string("description")
        let target = try call.string("target_url")
        var errors: [JSON] = []
        if !["error", "failure", "pending", "success"].contains(state) {
            errors.append(RESTFailure.customError("Status", field: "state", "state is not included in the list"))
        }
        if (description?.count ?? 0) > 140 {
            errors.append(
                RESTFailure.customError(
                    "Status", field: "description", "description is too long (maximum is 140 characters)"))
        }
        if let target, !target.isEmpty {
            let scheme = URLComponents(string: target)?.scheme?.lowercased()
            if scheme != "http", scheme != "https" {
                errors.append(
                    RESTFailure.customError("Status", field: "target_url", "target_url must use http(s) scheme"))
            }
        }
        guard errors.isEmpty else { throw RESTFailure.validation(errors) }
        let isID = sha.utf8.count == 40 && sha.utf8.allSatisfy { Set("0123456789abcdef".utf8).contains($0) }
        var isKnown = isID && repository.statuses[sha] != nil
        if isID, !isKnown { isKnown = await git.isCommit(sha, in: repository.id) }
        guard isKnown else { throw RESTFailure(422, "No commit found for SHA: \(call.parameter("sha"))") }
        guard repository.statuses[sha, default: []].count(where: { $0.context == context }) < Self.statusLimit else {
            throw RESTFailure.custom("Status", "This SHA and context has reached the maximum number of statuses.")
        }
        let status = StatusEntry(
            id: nextID(), context: context, state: state, description: description, targetURL: target,
            creator: creator)
        repository.statuses[sha, default: []].append(status)
        emitStatus(status, of: sha, in: repository)
        let shown = shape(status, of: sha, in: repository, call.addresses)
            .adding(["creator": simple(creator, call.addresses)])
        return .created(shown, location: "\(call.addresses.repository(repository))/statuses/\(sha)")
    }

    private func emitStatus(_ status: StatusEntry, of sha: String, in repository: Repository) {
        let payload: JSON = [
            "id": .int(status.id), "sha": .string(sha), "name": .string(repository.fullName),
            "target_url": JSON(status.targetURL), "context": .string(status.context),
            "description": JSON(status.description), "state": .string(status.state),
            "created_at": JSON(status.createdAt), "updated_at": JSON(status.createdAt),
        ]
        emit("status", payload, in: repository, sender: status.creator)
    }

    private func commit(_ call: RESTCall, in repository: Repository) async throws(RESTFailure) -> String {
        let name = call.parameter("ref")
        guard let id = await git.commit(of: name, in: repository.id) else {
            throw RESTFailure(422, "No commit found for SHA: \(name)")
        }
        return id
    }

    /// All of them, newest first.
    func listStatuses(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        let sha = try await commit(call, in: repository)
        return call.page((repository.statuses[sha] ?? []).reversed()) {
            shape($0, of: sha, in: repository, call.addresses).adding(["creator": simple($0.creator, call.addresses)])
        }
    }

    /// The latest of each context, and what they come to.
    func combinedStatus(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        let sha = try await commit(call, in: repository)
        var latest: [StatusEntry] = []
        for status in repository.statuses[sha] ?? [] {
            latest.removeAll { $0.context == status.context }
            latest.append(status)
        }
        let states = Set(latest.map(\.state))
        let state: String =
            if states.contains("failure") || states.contains("error") {
                "failure"
            } else if states.isEmpty || states.contains("pending") {
                "pending"
            } else {
                "success"
            }
        var page = call.page(latest) { shape($0, of: sha, in: repository, call.addresses) }
        let api = "\(call.addresses.repository(repository))/commits/\(sha)"
        page.body = [
            "state": .string(state), "statuses": page.body ?? [], "sha": .string(sha),
            "total_count": JSON(latest.count), "repository": shape(repository, call.addresses),
            "commit_url": .string(api), "url": .string("\(api)/status"),
        ]
        return page
    }

    func readCommit(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        let sha = try await commit(call, in: repository)
        guard let entry = try await git.history([sha], limit: 1, in: repository.id).last else {
            throw RESTFailure.notFound
        }
        let author: JSON = [
            "name": .string(entry.authorName), "email": .string(entry.authorEmail), "date": .string(entry.authorDate),
        ]
        let committer: JSON = [
            "name": .string(entry.committerName), "email": .string(entry.committerEmail),
            "date": .string(entry.committerDate),
        ]
        let parents = try await git.line(["show", "--no-patch", "--format=%P", sha], in: repository.id)
        return RESTAnswer(body: [
            "sha": .string(sha), "url": .string("\(call.addresses.repository(repository))/commits/\(sha)"),
            "html_url": .string("\(call.addresses.web)/\(repository.fullName)/commit/\(sha)"),
            "commit": [
                "author": author, "committer": committer, "message": .string(entry.message),
                "tree": ["sha": .string(entry.tree)],
            ],
            "author": account(email: entry.authorEmail).map { simple($0, call.addresses) } ?? .null,
            "committer": account(email: entry.committerEmail).map { simple($0, call.addresses) } ?? .null,
            "parents": .array(parents.split(separator: " ").map { ["sha": .string(String($0))] }),
        ])
    }
}
