import Hummingbird
import NIOCore

/// One request that `git http-backend` answers: it knows the protocol's versions, packed bodies and framing.
struct BackendExchange: Sendable {
    /// The backend refused, after access was granted.
    struct Refused: Error {}

    let git: GitRunner
    let repository: Int64
    let wanted: GitRequest
    let method: String
    let user: String?
    let contentType: String
    let encoding: String
    let protocolVersion: String?

    /// Streams the request's body in and the answer, without its header lines, out.
    func run(_ body: RequestBody, write: (ByteBuffer) async throws -> Void) async throws {
        var head = CGIHead()
        try await git.backend(
            for: self,
            feed: { writer in
                for try await buffer in body { try await writer(Array(buffer.readableBytesView)) }
            }
        ) { bytes in
            guard let rest = try head.content(of: bytes) else { return }
            if !rest.isEmpty { try await write(ByteBuffer(bytes: rest)) }
        }
        guard head.isComplete else { throw Refused() }
    }

    /// Cuts the header lines off the beginning of a CGI program's output.
    struct CGIHead {
        static let limit = 16 << 10
        private var lines: [UInt8] = []
        private(set) var isComplete = false

        /// The part of these bytes that belongs to the body; throws when the status is not 200.
        mutating func content(of bytes: [UInt8]) throws -> [UInt8]? {
            if isComplete { return bytes }
            lines += bytes
            guard let end = lines.indices.first(where: { lines[$0...].starts(with: [13, 10, 13, 10]) }) else {
                if lines.count > Self.limit { throw Refused() }
                return nil
            }
            let text = String(decoding: lines[..<end], as: UTF8.self).lowercased()
            guard !text.hasPrefix("status:") || text.hasPrefix("status: 200"), !text.contains("\nstatus:") else {
                throw Refused()
            }
            isComplete = true
            return Array(lines[(end + 4)...])
        }
    }
}
