import Hummingbird

/// The places that a job's log has: on the pages and in the API, where it is the same.
enum JobAddress {
    static let page = "{owner}/{repo}/builds/{number}/jobs/{hook}"
    static let api = "_api/v1/projects/\(page)"
}

extension Router<WebContext> {
    /// One answer at two places.
    func get(
        _ place: String, _ path: String, and other: String,
        use handler: @escaping @Sendable (Request, WebContext) async throws -> Response
    ) {
        get("\(place)/\(path)") { try await handler($0, $1) }
        get("\(other)/\(path)") { try await handler($0, $1) }
    }
}
