import Curl
import Foundation

/// A request before the engine's address and the protocol's version are put in front.
struct EngineRequest {
    var method: String
    var path: String
    /// Parameters without a value are left out.
    var query: [(name: String, value: String?)] = []
    var headers: [CurlHeader] = []
    var body = CurlBody.none
    var timeouts = Self.quick
    /// Bytes of the answer at most.
    var limit = 16 << 20

    /// What an engine under load still manages.
    static let quick = CurlTimeouts(connect: .seconds(10), idle: .seconds(120), overall: .seconds(120))
    /// What the size of layers decides, and what is silent until it is done.
    static let slow = CurlTimeouts(connect: .seconds(10), idle: nil, overall: .seconds(3600))
    /// Large, but always moving.
    static let moving = CurlTimeouts(connect: .seconds(10), idle: .seconds(600), overall: nil)
    /// As long as a container lives.
    static let endless = CurlTimeouts(connect: .seconds(10), idle: nil, overall: nil)

    init(
        _ method: String, _ path: String, query: [(name: String, value: String?)] = [],
        timeouts: CurlTimeouts = Self.quick
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.timeouts = timeouts
    }

    /// With a JSON body.
    init(
        _ method: String, _ path: String, query: [(name: String, value: String?)] = [],
        json: some Encodable, timeouts: CurlTimeouts = Self.quick
    ) throws(DockerError) {
        self.init(method, path, query: query, timeouts: timeouts)
        do {
            body = .bytes([UInt8](try JSONEncoder().encode(json)))
        } catch {
            throw DockerError(.invalid, "the request cannot be written as JSON")
        }
        headers = [CurlHeader(name: "Content-Type", value: "application/json")]
    }

    /// The path with its parameters.
    var target: String {
        let parameters = query.compactMap { name, value in value.map { "\(name)=\(Self.escape($0))" } }
        return parameters.isEmpty ? path : path + "?" + parameters.joined(separator: "&")
    }

    /// The `filters` parameter for labels; a label without a value matches any value.
    static func filters(labels: [String: String?], others: [String: [String]] = [:]) -> String? {
        var filters = others
        if !labels.isEmpty {
            filters["label"] = labels.map { name, value in value.map { "\(name)=\($0)" } ?? name }.sorted()
        }
        guard !filters.isEmpty, let json = try? JSONEncoder().encode(filters) else { return nil }
        return String(decoding: json, as: UTF8.self)
    }

    private static func escape(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: escaped.append(byte)
            default: escaped += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
