import Foundation
import HTTPTypes
import Hummingbird
import OpenSSL

/// What forms send. Only those on our own pages carry the token of the person's session, so another site cannot make a
/// browser change anything here.
enum Forms {
    private static let maximumBytes = 64 << 10

    /// The fields of a form that somebody who is signed in sent.
    ///
    /// - Throws: 403 for a stranger, and for a form without the right token; 413 for a larger body, 400 for one that cannot
    ///   be read.
    static func fields(_ request: Request, _ context: WebContext) async throws -> [String: String] {
        guard let person = context.viewer.person else { throw HTTPError(.forbidden) }
        let body = try await request.bytes(upTo: maximumBytes)
        let fields = parse(String(decoding: body, as: UTF8.self))
        guard ConstantTime.equal(Array((fields["csrf"] ?? "").utf8), Array(person.formToken.utf8)) else {
            throw HTTPError(.forbidden)
        }
        return fields
    }

    /// `a=1&b=2`; the first of a name counts.
    static func parse(_ text: String) -> [String: String] {
        let pairs = text.split(separator: "&").prefix(100).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map { part in
                let spaced = part.replacing("+", with: " ")
                return spaced.removingPercentEncoding ?? String(spaced)
            }
            return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The answer to a form: the browser goes on with a page.
    static func goOn(to path: String, cookies: [String] = []) -> Response {
        var headers: HTTPFields = [.location: path, .cacheControl: "no-store"]
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return Response(status: .seeOther, headers: headers)
    }
}
