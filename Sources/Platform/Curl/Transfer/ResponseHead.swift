/// What stands before the body of a response.
struct ResponseHead: Sendable, Hashable {
    var status: Int
    var headers = CurlHeaders()
}
