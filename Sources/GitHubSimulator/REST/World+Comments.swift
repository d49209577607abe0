import Foundation

extension World {
    /// GitHub's limit, in characters.
    static let commentLimit = 65_536

    private func shape(
        _ comment: Comment, of pull: PullRequest, in repository: Repository, _ addresses: Addresses
    ) -> JSON {
        let api = "\(addresses.repository(repository))/issues"
        let association: String =
            switch permission(of: comment.user, in: repository) {
            case .admin: "OWNER"
            case .triage, .push, .maintain: "COLLABORATOR"
            case .pull, nil: "NONE"
            }
        return [
            "url": .string("\(api)/comments/\(comment.id)"),
            "html_url": .string(
                "\(addresses.web)/\(repository.fullName)/pull/\(pull.number)#issuecomment-\(comment.id)"),
            "issue_url": .string("\(api)/\(pull.number)"), "id": .int(comment.id),
            "node_id": .string("IC_\(comment.id)"), "user": simple(comment.user, addresses),
            "created_at": JSON(comment.createdAt), "updated_at": JSON(comment.updatedAt),
            "author_association": .string(association), "body": .string(comment.body),
            "performed_via_github_app": nil,
        ]
    }

    private func pull(_ call: RESTCall) throws(RESTFailure) -> (Repository, PullRequest) {
        let repository = try repository(call)
        guard let pull = repository.pulls.first(where: { String($0.number) == call.parameter("number") }) else {
            throw .notFound
        }
        return (repository, pull)
    }

    private func comment(_ call: RESTCall) throws(RESTFailure) -> (Repository, PullRequest, Comment) {
        let repository = try repository(call)
        let id = try call.id("comment")
        for pull in repository.pulls {
            if let comment = pull.comments.first(where: { $0.id == id }) { return (repository, pull, comment) }
        }
        throw .notFound
    }

    private func body(_ call: RESTCall) throws(RESTFailure) -> String {
        guard let body = try call.string("body") else { throw .notSupplied("body") }
        guard body.contains(where: { !$0.isWhitespace }) else {
            throw .validation([
                [
                    "resource": "IssueComment", "code": "unprocessable", "field": "data",
                    "message": "Body cannot be blank",
                ]
            ])
        }
        guard body.unicodeScalars.count <= Self.commentLimit else {
            throw .custom(
                "IssueComment", field: "body", "body is too long (maximum is \(Self.commentLimit) characters)")
        }
        return body
    }

    /// Oldest first.
    func listComments(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, pull) = try pull(call)
        return call.page(pull.comments) { shape($0, of: pull, in: repository, call.addresses) }
    }

    func readComment(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, pull, comment) = try comment(call)
        return RESTAnswer(body: shape(comment, of: pull, in: repository, call.addresses))
    }

    /// Whoever sees the repository may comment.
    func createComment(_ call: RESTCall) throws -> RESTAnswer {
        let viewer = try requireViewer(call)
        let (repository, pull) = try pull(call)
        guard !repository.isArchived else { throw RESTFailure.archived }
        let comment = Comment(id: nextID(), user: viewer, body: try body(call))
        pull.comments.append(comment)
        emit("created", comment, of: pull, in: repository, sender: viewer)
        let shown = shape(comment, of: pull, in: repository, call.addresses)
        return .created(
            shown, location: "\(call.addresses.repository(repository))/issues/comments/\(comment.id)")
    }

    func updateComment(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, pull, comment, viewer) = try changeable(call)
        comment.body = try body(call)
        comment.updatedAt = Date()
        emit("edited", comment, of: pull, in: repository, sender: viewer)
        return RESTAnswer(body: shape(comment, of: pull, in: repository, call.addresses))
    }

    func deleteComment(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, pull, comment, viewer) = try changeable(call)
        pull.comments.removeAll { $0 === comment }
        emit("deleted", comment, of: pull, in: repository, sender: viewer)
        return .noContent
    }

    /// Its author may change a comment, and everyone who may push.
    private func changeable(_ call: RESTCall) throws(RESTFailure) -> (Repository, PullRequest, Comment, Account) {
        let viewer = try requireViewer(call)
        let (repository, pull, comment) = try comment(call)
        guard comment.user === viewer || permission(of: viewer, in: repository) ?? .pull >= .push else {
            throw RESTFailure(403, "Must have write access to Repository.")
        }
        guard !repository.isArchived else { throw .archived }
        return (repository, pull, comment, viewer)
    }

    private func emit(
        _ action: String, _ comment: Comment, of pull: PullRequest, in repository: Repository, sender: Account
    ) {
        let issue: JSON = [
            "url": .string("\(addresses.repository(repository))/issues/\(pull.number)"), "id": .int(pull.id),
            "number": JSON(pull.number), "title": .string(pull.title), "user": simple(pull.user, addresses),
            "state": pull.isOpen ? "open" : "closed", "body": JSON(pull.body),
            "pull_request": ["url": .string("\(addresses.repository(repository))/pulls/\(pull.number)")],
        ]
        let payload: JSON = ["issue": issue, "comment": shape(comment, of: pull, in: repository, addresses)]
        emit("issue_comment", action: action, payload, in: repository, sender: sender)
    }
}
