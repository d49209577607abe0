/// What a REST request gets back.
struct RESTAnswer: Sendable {
    var status = 200
    /// No body at all when `nil`.
    var body: JSON?
    /// Instead of `body`: text of another type.
    var html: String?
    /// The same for a plain text, which git shows to its user.
    var plain: String?
    /// The same for a picture.
    var png: [UInt8]?
    var headers: [HeaderLine] = []
    /// For the record of requests.
    var user: String?
    var isCounted = true

    static let noContent = RESTAnswer(status: 204)

    static func created(_ body: JSON, location: String? = nil) -> RESTAnswer {
        RESTAnswer(
            status: 201, body: body, headers: location.map { [HeaderLine(name: "Location", value: $0)] } ?? [])
    }

    /// GitHub's answer when it broke down: a page, not JSON.
    static func brokenDown(_ status: Int) -> RESTAnswer {
        RESTAnswer(
            status: status,
            html: "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head>"
                + "<body><p>We had issues producing the response to your request.</p></body></html>\n")
    }

    /// The body as it goes over the wire, with its type.
    var payload: (type: String, bytes: [UInt8])? {
        if let html { return ("text/html; charset=utf-8", Array(html.utf8)) }
        if let png { return ("image/png", png) }
        if let plain { return ("text/plain; charset=utf-8", Array(plain.utf8)) }
        return body.map { ("application/json; charset=utf-8", Array($0.encoded.utf8)) }
    }
}
