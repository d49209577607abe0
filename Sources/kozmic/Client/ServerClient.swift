import Curl
import Foundation
import Web

/// The server said no.
struct ServerProblem: Error, CustomStringConvertible {
    /// The answer's status.
    var status: Int
    /// What happened and what can be done.
    var description: String
    /// Seconds after which the server wants to be asked again.
    var retryAfter: Int?

    /// What happened and the way out; the first may lack its full stop. A way out that is a program's is told as this
    /// one's.
    static func sentences(_ message: String, _ wayOut: String) -> String {
        let isHeader = wayOut.contains("Authorization: Bearer")
        let wayOut = isHeader ? "Send a GitHub token: in KOZMIC_TOKEN, or from a file with --token-file." : wayOut
        let isWhole = message.last.map { ".?!".contains($0) } ?? true
        return "\(message)\(isWhole ? "" : ".") \(wayOut)"
    }
}

/// Asks a server's API.
struct ServerClient: Sendable {
    /// Without a slash at the end.
    let address: String
    let curl: CurlClient
    private let headers: [CurlHeader]

    /// - Parameter token: sent over TLS and within this machine only.
    init(address: String, token: String?, curl: CurlClient) throws(SettingProblem) {
        let address = try Self.address(address)
        if token != nil, address.hasPrefix("http://"), !Self.isLoopback(address) {
            throw SettingProblem(
                "the token is not sent over http, where everybody on the way can read it; use https, or send none")
        }
        guard token?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else {
            throw SettingProblem("the token has characters that no token has")
        }
        self.address = address
        self.curl = curl
        headers = token.map { [CurlHeader(name: "Authorization", value: "Bearer \($0)")] } ?? []
    }

    /// A server's address, without a slash at the end.
    ///
    /// - Throws: `SettingProblem` when it is none.
    static func address(_ text: String) throws(SettingProblem) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            throw .usage(
                "--server (KOZMIC_SERVER): expected an address such as https://ci.example.org, found '\(text)'")
        }
        return text
    }

    /// An answer's value.
    func get<Value: Decodable>(_ path: String, _ query: [(String, String?)] = []) async throws -> Value {
        try await decode(CurlRequest(url: url(path, query), headers: headers, bodyLimit: 64 << 20))
    }

    /// The value of an answer to a change.
    func post<Value: Decodable>(
        _ path: String, _ body: some Encodable, _ query: [(String, String?)] = [],
        timeouts: CurlTimeouts = CurlTimeouts()
    ) async throws -> Value {
        let bytes = Array(try JSONEncoder().encode(body))
        return try await decode(
            CurlRequest(
                method: "POST", url: url(path, query),
                headers: headers + [CurlHeader(name: "Content-Type", value: "application/json")],
                body: .bytes(bytes), timeouts: timeouts, bodyLimit: 64 << 20))
    }

    /// The value of an answer to a removal.
    func delete<Value: Decodable>(_ path: String, _ query: [(String, String?)] = []) async throws -> Value {
        try await decode(CurlRequest(method: "DELETE", url: url(path, query), headers: headers, bodyLimit: 64 << 20))
    }

    /// A body as it comes.
    ///
    /// - Parameter type: what it has to be.
    /// - Throws: `ServerProblem` unless the status is 200 and the body is of that type; `CurlError`.
    func stream(
        _ path: String, _ query: [(String, String?)] = [], headers more: [CurlHeader] = [], type: String
    ) async throws -> CurlBodySequence {
        let stream = try await curl.stream(
            CurlRequest(
                url: url(path, query), headers: headers + more,
                // The server says every 15 s that it is still there.
                timeouts: CurlTimeouts(idle: .seconds(60), overall: nil)))
        guard stream.status == 200 else {
            var body: [UInt8] = []
            for try await piece in stream.body where body.count < 64 << 10 { body += piece }
            throw problem(CurlResponse(status: stream.status, headers: stream.headers, body: body))
        }
        guard stream.headers["Content-Type"]?.lowercased().hasPrefix(type) == true else {
            throw misunderstanding(stream.status)
        }
        return stream.body
    }

    private func decode<Value: Decodable>(_ request: CurlRequest) async throws -> Value {
        let response = try await curl.send(request)
        guard (200...299).contains(response.status) else { throw problem(response) }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let value = try? decoder.decode(Value.self, from: Data(response.body)) else {
            throw misunderstanding(response.status)
        }
        return value
    }

    private func misunderstanding(_ status: Int) -> ServerProblem {
        ServerProblem(
            status: status,
            description: "\(address) answers what this program does not understand; are the versions too far apart?")
    }

    private func problem(_ response: CurlResponse) -> ServerProblem {
        let problem = try? JSONDecoder().decode(APIProblem.self, from: Data(response.body))
        let words =
            problem.map { ServerProblem.sentences($0.message, $0.wayOut) }
            ?? "\(address) answers \(response.status), and not as a Kozmic server does."
        return ServerProblem(
            status: response.status, description: words,
            retryAfter: response.headers["Retry-After"].flatMap { Int($0) })
    }

    private func url(_ path: String, _ query: [(String, String?)]) -> String {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(Self.encode($0))" } }
        return "\(address)/_api/v1/\(path)" + (pairs.isEmpty ? "" : "?\(pairs.joined(separator: "&"))")
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~")))
            ?? ""
    }

    private static func isLoopback(_ address: String) -> Bool {
        let host = address.dropFirst("http://".count).prefix { $0 != "/" }
        return ["localhost", "127.0.0.1", "[::1]"].contains { host == $0 || host.hasPrefix("\($0):") }
    }
}
