import Hummingbird

/// The places that a job's log has: on the pages and in the API, where it is the same.
enum JobAddress {
    static let page = "{owner}/{repo}/builds/{number}/jobs/{hook}"
    static let api = "_api/v1/projects/\(page)"
}

extension Router<WebContext> {
    /// One answer at two places.
    ///
    /// - Parameter admission: keeps callers of what is dear at the first one to the API's rate, whose gate counts the other.
    func get(
        _ place: String, _ path: String, and other: String, _ admission: Admission? = nil,
        use handler: @escaping @Sendable (Request, WebContext) async throws -> Response
    ) {
        get("\(place)/\(path)") { request, context in
            do {
                try admission?.take(request, context)
                return try await handler(request, context)
            } catch let problem as APIProblem {
                return problem.response
            }
        }
        get("\(other)/\(path)") { try await handler($0, $1) }
    }
}
