import Foundation

/// A REST request, read and cut to pieces.
struct RESTCall: Sendable {
    let method: String
    /// Without `/api/v3`; percent-decoded parts.
    var segments: [String]
    let query: [(name: String, value: String)]
    /// Lower-case names.
    let headers: [String: String]
    let bytes: [UInt8]
    let addresses: Addresses
    /// Filled from the route's pattern.
    var parameters: [String: String] = [:]
    /// The path with numbers instead of names, for links to other pages.
    var numericPath: String
    var body: JSON = .null
    /// The lower-case login of the token's user.
    var viewer: String?
    /// What the token may do; `nil` for everything.
    var scopes: [String]?
    /// Whether the token has no scope for what is private.
    var seesPublicOnly = false

    /// Whether the token has a scope.
    func may(_ scope: String) -> Bool { scopes?.contains(scope) ?? true }

    var path: String { "/" + segments.joined(separator: "/") }

    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// A number in the path; anything else does not exist.
    func id(_ name: String) throws(RESTFailure) -> Int64 {
        guard let id = Int64(parameter(name)) else { throw .notFound }
        return id
    }

    func query(_ name: String) -> String? { query.last { $0.name == name }?.value }

    /// Splits `a=1&b=2`.
    static func parse(query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map {
                let text = $0.replacing("+", with: " ")
                return text.removingPercentEncoding ?? String(text)
            }
            return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        }
    }

    /// The token of an `Authorization` header: `token …`, `Bearer …`, or the password (or user) of `Basic …`.
    static func token(in header: String?) -> String? {
        guard let parts = header?.split(separator: " ", maxSplits: 1), parts.count == 2 else { return header }
        let value = parts[1].trimmingCharacters(in: .whitespaces)
        guard parts[0].lowercased() == "basic" else { return value }
        guard let data = Data(base64Encoded: value) else { return value }
        let pair = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
        return pair.count == 2 ? String(pair[1]) : pair.first.map(String.init) ?? ""
    }

    // MARK: Members of the body

    /// A string member; absent and null are `nil`, another type is an error.
    func string(_ name: String) throws(RESTFailure) -> String? {
        guard let value = body[name], value != .null else { return nil }
        guard let text = value.text else { throw .wrongType(name, value, "a string") }
        return text
    }

    func flag(_ name: String) throws(RESTFailure) -> Bool? {
        guard let value = body[name], value != .null else { return nil }
        guard let flag = value.flag else { throw .wrongType(name, value, "a boolean") }
        return flag
    }

    /// A list of strings; null is an error here, as it is with GitHub.
    func strings(_ name: String) throws(RESTFailure) -> [String]? {
        guard let value = body[name] else { return nil }
        guard value.items != nil else { throw .wrongType(name, value, "an array") }
        guard let texts = value.texts else { throw .wrongType(name, value, "an array of strings") }
        return texts
    }

    // MARK: Pages

    /// The part of a list that was asked for, with links to the other parts.
    func page<Item>(_ items: [Item], _ render: (Item) -> JSON) -> RESTAnswer {
        let size = pageSize
        let number = max(1, query("page").flatMap { Int($0) } ?? 1)
        let last = max(1, (items.count + size - 1) / size)
        let (start, overflow) = (number - 1).multipliedReportingOverflow(by: size)
        let shown = overflow || start >= items.count ? [] : Array(items[start..<min(items.count, start + size)])
        var links: [(String, Int)] = []
        if number > 1 { links.append(("prev", number - 1)) }
        if number < last { links += [("next", number + 1), ("last", last)] }
        if number > 1 { links.append(("first", 1)) }
        return RESTAnswer(
            body: .array(shown.map(render)),
            headers: links.isEmpty ? [] : [link(links.map { ($0.0, ("page", String($0.1))) })])
    }

    var pageSize: Int {
        guard let size = query("per_page").flatMap({ Int($0) }), size > 0 else { return 30 }
        return min(size, 100)
    }

    /// A `Link` header: the same query with one name replaced.
    func link(_ links: [(relation: String, parameter: (name: String, value: String))]) -> HeaderLine {
        let value = links.map { link in
            let kept = query.filter { $0.name != link.parameter.name }.map { "\($0.name)=\(Self.encode($0.value))" }
            let all = kept + ["\(link.parameter.name)=\(Self.encode(link.parameter.value))"]
            return "<\(addresses.api)\(numericPath)?\(all.joined(separator: "&"))>; rel=\"\(link.relation)\""
        }
        return HeaderLine(name: "Link", value: value.joined(separator: ", "))
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? ""
    }
}
