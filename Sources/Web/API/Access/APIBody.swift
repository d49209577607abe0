import Foundation
import HTTPTypes
import Hummingbird
import OpenSSL

/// A body that names all keys that it may have.
protocol APIFields: Decodable {
    /// The keys.
    associatedtype CodingKeys: CodingKey, CaseIterable
}

/// What programs send with a change.
enum APIBody {
    /// Of one request, in bytes.
    static let limit = 64 << 10

    /// The JSON of a request that changes something; no body is `{}`.
    ///
    /// A caller that is known by a cookie has to show the session's token as well, in `X-CSRF-Token`: another site can
    /// make a browser send the cookie, but not that.
    ///
    /// A key that it does not take is refused: what a typing error left out would be done for all, or for the default.
    ///
    /// - Throws: 401 for a stranger, 403 without the right token, 413 for a larger body, 400 for what is no such JSON.
    static func read<Value: APIFields>(
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
        let decoder = JSONDecoder()
        guard let keys = try? decoder.decode(Keys.self, from: text).names else { throw notWhatIsTaken }
        let known = Value.CodingKeys.allCases.map(\.stringValue)
        if let unknown = keys.sorted().first(where: { !known.contains($0) }) {
            let taken = known.isEmpty ? "this takes no keys" : "this takes \(known.joined(separator: " and "))"
            let name = String(unknown.unicodeScalars.prefix(longestName).map(Character.init))
            throw APIProblem.badRequest("The body has the unknown key '\(name)'; \(taken).")
        }
        guard let value = try? decoder.decode(Value.self, from: text) else { throw notWhatIsTaken }
        return value
    }

    /// Unicode scalars of an unknown key that are told.
    private static let longestName = 60

    private static var notWhatIsTaken: APIProblem {
        APIProblem.badRequest("The body is not the JSON that this takes.")
    }

    /// The names of an object's keys, whatever they are.
    private struct Keys: Decodable {
        private struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        var names: [String]

        init(from decoder: any Decoder) throws {
            names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue)
        }
    }

    /// A request without any fields.
    struct Nothing: APIFields {
        enum CodingKeys: CodingKey, CaseIterable {}
    }
}
