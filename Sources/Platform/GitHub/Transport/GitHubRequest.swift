import Foundation

/// A request before it has a host.
struct GitHubRequest: Sendable {
    var method: String
    /// Below the API's address, percent-encoded, beginning with a slash.
    var path: String
    var query: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// Whether sending it twice does no more than sending it once. A lost answer is then no reason to give up.
    var isRepeatable: Bool
    /// The account whose things it is about.
    var owner: String?

    /// - Parameter isRepeatable: by default everything but POST.
    init(_ method: String, _ path: String, query: [(name: String, value: String)] = [], isRepeatable: Bool? = nil) {
        self.method = method
        self.path = path
        self.query = query
        self.isRepeatable = isRepeatable ?? (method != "POST")
        let parts = path.split(separator: "/")
        if parts.count > 1, parts[0] == "repos" || parts[0] == "orgs" {
            owner = String(parts[1]).removingPercentEncoding
        }
    }

    /// The same with a JSON body.
    init(_ method: String, _ path: String, body: some Encodable, isRepeatable: Bool? = nil) throws(GitHubError) {
        self.init(method, path, isRepeatable: isRepeatable)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
            self.body = [UInt8](try encoder.encode(body))
        } catch {
            throw GitHubError(kind: .invalidRequest, message: "the request cannot be written as JSON")
        }
    }

    /// For errors and logs; without the query, which may hold what does not concern them.
    var name: String { "\(method) \(path)" }

    func url(under apiURL: String) -> String {
        guard !query.isEmpty else { return apiURL + path }
        let items = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return apiURL + path + "?" + items.joined(separator: "&")
    }
}

extension GitHubRequest {
    /// The path of something in a repository. Parts are percent-encoded; slashes in `name`s of branches stay.
    static func path(_ repository: String, _ parts: String...) throws(GitHubError) -> String {
        let names = repository.split(separator: "/", omittingEmptySubsequences: false)
        // With one name only, the next part would be taken for the repository, and another one would be changed.
        guard names.count == 2 else {
            throw GitHubError(
                kind: .invalidRequest, message: "not owner/name: \(Printable.line(repository, limit: 100))")
        }
        var path = "/repos"
        for part in [repository] + parts {
            for segment in part.split(separator: "/", omittingEmptySubsequences: false) {
                guard !segment.isEmpty, segment != ".", segment != ".." else {
                    throw GitHubError(
                        kind: .invalidRequest, message: "not a part of an address: \(Printable.line(part, limit: 100))")
                }
                path += "/" + PercentEncoding.encode(String(segment))
            }
        }
        return path
    }
}
