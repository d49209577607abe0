import Curl
import Foundation

/// An answer of GitHub with a status below 400.
struct Answer: Sendable {
    var status: Int
    var body: [UInt8]
    /// The `Link` headers.
    var link: String?
    /// What the answer is kept under; `nil` for one that is not kept.
    var key: String?
    /// What GitHub calls this version of it.
    var etag: String?
    /// What was read from it before.
    var value: (any Sendable)?
    /// Whether GitHub sent it now, and did not only say that what is kept still holds.
    var isNew = true

    private static let decoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }()

    /// - Throws: `decoding` with the place in the answer, never with its values.
    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(GitHubError) -> Value {
        do {
            return try Self.decoder.decode(Value.self, from: Data(body))
        } catch {
            throw GitHubError(kind: .decoding, message: "GitHub's answer is not understood: \(Self.explain(error))")
        }
    }

    private static func explain(_ error: any Error) -> String {
        let (path, reason): ([any CodingKey], String) =
            switch error {
            case DecodingError.keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case DecodingError.valueNotFound(_, let context): (context.codingPath, "is null")
            case DecodingError.typeMismatch(_, let context): (context.codingPath, "has another type")
            case DecodingError.dataCorrupted(let context): (context.codingPath, "is not valid")
            default: ([], "is not valid")
            }
        let place = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return Printable.line("\(place.isEmpty ? "the JSON" : place) \(reason)", limit: 200)
    }
}
