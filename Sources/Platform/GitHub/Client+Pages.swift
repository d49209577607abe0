extension GitHubClient {
    /// Reads a list to its end, or until a page says that the rest is not wanted.
    ///
    /// - Parameters:
    ///   - owner: whose things it is about, where the path does not say.
    ///   - wantsMore: asked after each page with that page's items.
    /// - Throws: `tooLarge` when there are more pages than the client reads. Half a list is never given back as whole.
    func list<Item: Decodable & Sendable>(
        _ path: String, query: [(name: String, value: String)] = [], owner: String? = nil,
        while wantsMore: ([Item]) -> Bool = { _ in true }
    ) async throws(GitHubError) -> [Item] {
        var request = GitHubRequest("GET", path, query: query + [("per_page", "100")])
        if let owner { request.owner = owner }
        var items: [Item] = []
        var url = request.url(under: apiURL)
        for _ in 0..<options.pageLimit {
            let (found, link) = try await read(request, url, as: [Item].self)
            items += found
            guard wantsMore(found), let next = link.flatMap(LinkHeader.next) else { return items }
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
    func value<Value: Decodable & Sendable>(_ request: GitHubRequest) async throws(GitHubError) -> Value {
        if request.method == "GET" {
            return try await read(request, request.url(under: apiURL), as: Value.self).value
        }
        let answer = try await send(request)
        return try named(request) { () throws(GitHubError) in try answer.decode() }
    }

    /// What an address says, read anew only when it changed.
    private func read<Value: Decodable & Sendable>(
        _ request: GitHubRequest, _ url: String, as type: Value.Type
    ) async throws(GitHubError) -> (value: Value, link: String?) {
        var answer = try await send(request, to: url, as: "\(type)")
        if let value = answer.value as? Value { return (value, answer.link) }
        let value: Value
        do throws(GitHubError) {
            value = try answer.decode(type)
        } catch {
            // What was kept may be damaged; what GitHub sends now is what it means.
            guard !answer.isNew else { throw error.named(request) }
            answer = try await send(request, to: url)
            return (try named(request) { () throws(GitHubError) in try answer.decode(type) }, answer.link)
        }
        if let key = answer.key, let etag = answer.etag {
            cache.store(
                AnswerCache.Entry(etag: etag, link: answer.link, value: value), size: answer.body.count, for: key)
            if answer.isNew {
                await options.archive?.keep(
                    GitHubArchivedAnswer(etag: etag, link: answer.link, body: answer.body),
                    for: "\(identity.name) \(key)")
            }
        }
        return (value, answer.link)
    }

    /// What is kept under a key, in memory or from before the start.
    func kept(_ key: String) async -> Answer? {
        if let entry = cache.entry(for: key) {
            return Answer(
                status: 200, body: [], link: entry.link, key: key, etag: entry.etag, value: entry.value, isNew: false)
        }
        guard let archived = await options.archive?.answer(for: "\(identity.name) \(key)") else { return nil }
        return Answer(
            status: 200, body: archived.body, link: archived.link, key: key, etag: archived.etag, isNew: false)
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
