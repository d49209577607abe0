import Foundation

extension World {
    /// Reads FILES: a text, `null` to remove, or an object with content, encoding and mode.
    static func edits(_ json: JSON) throws(RESTFailure) -> [FileEdit] {
        guard let members = json.members else { throw .wrongType("files", json, "an object") }
        var edits: [FileEdit] = []
        for member in members {
            var content: [UInt8]?
            var mode = "100644"
            switch member.value {
            case .null: content = nil
            case .string(let text): content = Array(text.utf8)
            default:
                guard let text = member.value["content"]?.text else {
                    throw RESTFailure(422, "\(member.name) has no content")
                }
                content = Array(text.utf8)
                if member.value["encoding"]?.text == "base64" {
                    guard let data = Data(base64Encoded: text) else {
                        throw RESTFailure(422, "\(member.name) is not base64")
                    }
                    content = Array(data)
                }
                mode = member.value["mode"]?.text ?? mode
            }
            guard let edit = FileEdit(path: member.name, content: content, mode: mode) else {
                throw RESTFailure(422, "\(member.name) is no path, or \(mode) no mode, of a file")
            }
            edits.append(edit)
        }
        return edits
    }

    func controlCommit(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let sender = try controlSender(call, repository)
        let branch = try call.string("branch") ?? repository.defaultBranch
        let name = "refs/heads/\(branch)"
        guard await git.isValidName(name) else { throw RESTFailure(422, "\(branch) is no branch") }
        let files = try call.body["files"].map(Self.edits) ?? []
        let author = try Self.author(call, default: sender)
        let message = try required(call, "message")
        let wantedParent = try call.string("parent")
        let from = try call.string("from") ?? repository.defaultBranch
        let isNamed = try call.string("from") != nil
        let git = git
        let isSilent = try call.flag("silent") ?? false
        let made = try await movingReferences(of: repository, sender: sender, isSilent: isSilent) { id in
            let before = try await git.references(id)[name]?.commit
            var parent = before
            if let wantedParent {
                parent = await git.commit(of: wantedParent, in: id)
                guard parent != nil else { throw RESTFailure(422, "there is no commit \(wantedParent)") }
            } else if before == nil {
                parent = await git.commit(of: from, in: id)
                guard parent != nil || !isNamed else { throw RESTFailure(422, "there is no commit \(from)") }
            }
            let draft = CommitDraft(
                branch: branch, parent: parent, message: message, authorName: author.name,
                authorEmail: author.email, date: author.date, files: files)
            let sha = try await git.commit(draft, in: id)
            let tree = try await git.line(["rev-parse", sha + "^{tree}"], in: id)
            return (sha: sha, tree: tree, before: before, isForced: before != nil && before != parent)
        }
        return .created([
            "sha": .string(made.sha), "tree": .string(made.tree), "ref": .string(name),
            "before": .string(made.before ?? GitRunner.zeros), "created": JSON(made.before == nil),
            "forced": JSON(made.isForced),
        ])
    }

    private static func author(
        _ call: RESTCall, default account: Account
    ) throws(RESTFailure) -> (name: String, email: String, date: Date) {
        let given = call.body["author"]
        let name = given?["name"]?.text ?? account.name ?? account.login
        let email = given?["email"]?.text ?? account.email
        guard !name.isEmpty, (name + email).allSatisfy({ !"<>\n\0".contains($0) }) else {
            throw RESTFailure(422, "the author has a character that git does not take")
        }
        guard let text = given?["date"]?.text else { return (name, email, Date()) }
        guard let date = try? Date(text, strategy: .iso8601) else { throw RESTFailure(422, "\(text) is no date") }
        return (name, email, date)
    }

    func controlListReferences(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let references = try await git.references(repository.id).sorted { $0.key < $1.key }
        return RESTAnswer(
            body: .object(references.map { JSON.Member(name: $0.key, value: .string($0.value.object)) }))
    }

    /// `PUT` creates or moves, `DELETE` removes.
    func controlMoveReference(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let sender = try controlSender(call, repository)
        let name = try required(call, "ref")
        guard await git.isValidName(name) else { throw RESTFailure(422, "\(name) is no branch and no tag") }
        let object = call.method == "DELETE" ? nil : try required(call, "sha")
        let git = git
        let isSilent = try call.flag("silent") ?? false
        let before = try await movingReferences(of: repository, sender: sender, isSilent: isSilent) { id in
            let before = try await git.references(id)[name]?.object
            guard object != nil || before != nil else { throw RESTFailure(404, "there is no \(name)") }
            try await git.setReference(name, to: object, in: id)
            return before
        }
        return RESTAnswer(body: [
            "ref": .string(name), "before": .string(before ?? GitRunner.zeros),
            "after": .string(object ?? GitRunner.zeros),
        ])
    }
}
