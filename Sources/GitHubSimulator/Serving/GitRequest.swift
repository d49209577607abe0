import Foundation

/// One of the three addresses of git's smart protocol over HTTP.
struct GitRequest: Sendable {
    let owner: String
    let name: String
    /// `git-upload-pack` or `git-receive-pack`.
    let service: String
    let isAdvertisement: Bool
    let path: String
    let query: String

    var isPush: Bool { service == "git-receive-pack" }
    var fullName: String { "\(owner)/\(name)" }
    /// The part of the address below the repository.
    var suffix: String { isAdvertisement ? "/info/refs" : "/\(service)" }

    /// `nil` for every other address.
    init?(path: String, query: String?) {
        let parts = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        let services = ["git-upload-pack", "git-receive-pack"]
        self.path = path
        self.query = query ?? ""
        if parts.count == 4, parts[2] == "info", parts[3] == "refs" {
            let named = RESTCall.parse(query: self.query).first { $0.name == "service" }?.value
            service = named ?? ""
            isAdvertisement = true
        } else if parts.count == 3, services.contains(parts[2]) {
            service = parts[2]
            isAdvertisement = false
        } else {
            return nil
        }
        owner = parts[0]
        name = parts[1].hasSuffix(".git") ? String(parts[1].dropLast(4)) : parts[1]
    }
}

/// Whether a git request may go on.
enum GitAccess: Sendable {
    case granted(repository: Int64, user: String?, lock: RepositoryLock)
    case refused(status: Int, message: String, headers: [HeaderLine], user: String?)
}

extension World {
    /// Any user name, a token as the password. Without one only public repositories can be read.
    func gitAccess(_ request: GitRequest, authorization: String?) -> GitAccess {
        let challenge = [HeaderLine(name: "WWW-Authenticate", value: "Basic realm=\"GitHub\"")]
        var viewer: Account?
        if let token = RESTCall.token(in: authorization) {
            viewer = account(token: token)
            guard viewer != nil else {
                return .refused(
                    status: 401, message: "Invalid username or token.", headers: challenge, user: nil)
            }
        }
        func refuse(_ status: Int, _ message: String, _ headers: [HeaderLine] = []) -> GitAccess {
            .refused(status: status, message: message, headers: headers, user: viewer?.login)
        }
        if let moved = formerRepository(request.fullName), permission(of: viewer, in: moved) != nil {
            let query = request.query.isEmpty ? "" : "?" + request.query
            let location = "\(root)/\(moved.fullName).git\(request.suffix)\(query)"
            return refuse(301, "", [HeaderLine(name: "Location", value: location)])
        }
        guard let repository = repository(request.fullName),
            let permission = permission(of: viewer, in: repository)
        else {
            return viewer == nil
                ? refuse(401, "Repository not found.", challenge) : refuse(404, "Repository not found.")
        }
        guard ["git-upload-pack", "git-receive-pack"].contains(request.service) else {
            return refuse(403, "Please upgrade your git client.")
        }
        if request.isPush {
            guard let viewer else { return refuse(401, "Authentication required.", challenge) }
            guard permission >= .push else {
                return refuse(403, "Permission to \(repository.fullName).git denied to \(viewer.login).")
            }
            guard !repository.isArchived else {
                return refuse(403, "This repository was archived so it is read-only.")
            }
        }
        return .granted(repository: repository.id, user: viewer?.login, lock: repository.lock)
    }

    /// Tells everyone what a push over HTTP moved.
    func announcePush(to repository: Int64, since before: [String: ReferenceTarget], by user: String) async throws {
        guard let repository = repositories[repository], let sender = account(user) else { return }
        try await announce(repository, since: before, sender: sender, isSilent: false)
    }
}
