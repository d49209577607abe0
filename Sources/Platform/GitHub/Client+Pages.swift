extension GitHubClient {
    /// Reads a list to its end, or until a page says that the rest is not wanted.
    ///
    /// - Parameter wantsMore: asked after each page with that page's items.
    /// - Throws: `tooLarge` when there are more pages than the client reads. Half a list is never given back as whole.
    func list<Item: Decodable & Sendable>(
        _ path: String, query: [(name: String, value: String)] = [], while wantsMore: ([Item]) -> Bool = { _ in true }
    ) async throws(GitHubError) -> [Item] {
        let request = GitHubRequest("GET", path, query: query + [("per_page", "100")])
        var items: [Item] = []
        var url = request.url(under: apiURL)
        for _ in 0..<options.pageLimit {
            let answer = try await send(request, to: url)
            let found = try named(request) { () throws(GitHubError) in try answer.decode([Item].self) }
            items += found
            guard wantsMore(found), let next = answer.link.flatMap(LinkHeader.next) else { return items }
            guard isOurs(next) else {
                throw GitHubError(
                    kind: .decoding, message: "the next page is on another host", request: request.name)
            }
            url = next
        }
        throw GitHubError(
            kind: .tooLarge, message: "the list has more than \(options.pageLimit) pages", request: request.name)
    }

    /// One value.
    func value<Value: Decodable>(_ request: GitHubRequest) async throws(GitHubError) -> Value {
        let answer = try await send(request)
        return try named(request) { () throws(GitHubError) in try answer.decode() }
    }

    /// Adds the request to errors that do not know it.
    func named<Value>(
        _ request: GitHubRequest, _ body: () throws(GitHubError) -> Value
    ) throws(GitHubError) -> Value {
        do {
            return try body()
        } catch {
            var error = error
            error.request = error.request ?? request.name
            throw error
        }
    }
}
