import Foundation
import HTTPTypes
import Hummingbird
import OpenSSL

/// What programs send with a change.
enum APIBody {
    /// Of one request, in bytes.
    static let limit = 64 << 10

    /// The JSON of a request that changes something; no body is `{}`.
    ///
    /// A caller that is known by a cookie has to show the session's token as well, in `X-CSRF-Token`: another site can
    /// make a browser send the cookie, but not that.
    ///
    /// - Throws: 401 for a stranger, 403 without the right token, 413 for a larger body, 400 for what is no such JSON.
    static func read<Value: Decodable>(
        _ type: Value.Type, _ request: Request, _ context: WebContext
    ) async throws -> Value {
        guard let person = context.viewer.person else { throw HTTPError(.unauthorized) }
        if !person.isByToken {
            let header = HTTPField.Name("X-CSRF-Token").flatMap { request.headers[$0] } ?? ""
            guard ConstantTime.equal(Array(header.utf8), Array(person.formToken.utf8)) else {
                throw APIProblem(
                    .forbidden, "csrf", "A change by a browser's session needs the session's token.",
                    wayOut: "GET /_api/v1/user tells it; send it in X-CSRF-Token.")
            }
        }
        let bytes = try await request.bytes(upTo: limit)
        let text = bytes.isEmpty ? Data("{}".utf8) : Data(bytes)
        guard let value = try? JSONDecoder().decode(Value.self, from: text) else {
            throw APIProblem.badRequest("The body is not the JSON that this takes.")
        }
        return value
    }

    /// A request without any fields.
    struct Nothing: Decodable {}
}
