import Curl
import Foundation

extension DockerEngine {
    /// The whole answer; a status of 300 and above is an error, except 304, "it is so already".
    @discardableResult
    func send(_ request: EngineRequest) async throws(DockerError) -> CurlResponse {
        let version = try await agreedVersion()
        return try await send(request, prefix: "/v\(version.api)")
    }

    func send(_ request: EngineRequest, prefix: String) async throws(DockerError) -> CurlResponse {
        let response: CurlResponse
        do throws(CurlError) {
            response = try await curl.send(curlRequest(request, prefix: prefix))
        } catch {
            throw failure(error)
        }
        guard response.status < 300 || response.status == 304 else {
            throw refusal(response.status, response.body)
        }
        return response
    }

    /// The answer as it comes.
    func stream(_ request: EngineRequest) async throws(DockerError) -> CurlStream {
        let version = try await agreedVersion()
        let stream: CurlStream
        do throws(CurlError) {
            stream = try await curl.stream(curlRequest(request, prefix: "/v\(version.api)"))
        } catch {
            throw failure(error)
        }
        guard stream.status >= 300 else { return stream }
        var body: [UInt8] = []
        var chunks = stream.body.makeAsyncIterator()
        // What is known is enough if the rest does not come.
        while body.count < 64 << 10, let chunk = try? await chunks.next() { body += chunk }
        throw refusal(stream.status, body)
    }

    /// The answer as JSON.
    func fetch<Value: Decodable>(_ request: EngineRequest, as type: Value.Type) async throws(DockerError) -> Value {
        try Self.decode(type, from: try await send(request), of: request)
    }

    /// The answer as JSON; `nil` when there is no such thing.
    func find<Value: Decodable>(_ request: EngineRequest, as type: Value.Type) async throws(DockerError) -> Value? {
        do throws(DockerError) {
            return try await fetch(request, as: type)
        } catch  where error.kind == .notFound {
            return nil
        }
    }

    /// Removes something; that it is gone already is fine.
    func delete(_ request: EngineRequest) async throws(DockerError) {
        do throws(DockerError) {
            try await send(request)
        } catch  where error.kind == .notFound {
            return
        }
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type, from response: CurlResponse, of request: EngineRequest
    ) throws(DockerError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch let error as DecodingError {
            throw DockerError(
                .decoding, "the engine's answer to \(request.method) \(request.path) is unexpected: \(place(of: error))"
            )
        } catch {
            throw DockerError(.decoding, "the engine's answer to \(request.method) \(request.path) is no JSON")
        }
    }

    /// An error of the connection; the next request agrees on the version anew.
    func failure(_ error: CurlError) -> DockerError {
        let explained = host.explain(error)
        if explained.kind == .transport { agreement.version = nil }
        return explained
    }

    private func curlRequest(_ request: EngineRequest, prefix: String) -> CurlRequest {
        var curlRequest = CurlRequest(url: host.baseURL + prefix + request.target)
        curlRequest.method = request.method
        curlRequest.headers = request.headers
        curlRequest.body = request.body
        curlRequest.unixSocket = host.socket
        curlRequest.timeouts = request.timeouts
        curlRequest.bodyLimit = request.limit
        return curlRequest
    }

    private func refusal(_ status: Int, _ body: [UInt8]) -> DockerError {
        struct Words: Decodable { var message: String }
        let text = String(decoding: body.prefix(2000), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let words = (try? JSONDecoder().decode(Words.self, from: Data(body)))?.message ?? text
        let message = words.isEmpty ? "the Docker Engine answered with status \(status)" : String(words.prefix(4000))
        // The engine was replaced by one that does not speak the version agreed on; the next request agrees anew.
        if status == 400, message.hasPrefix("client version") {
            agreement.version = nil
            return DockerError(.transport, "the Docker Engine at \(host) is another one now: \(message)")
        }
        let kind: DockerError.Kind =
            switch status {
            case 404: .notFound
            case 409: .conflict
            default: .http(status)
            }
        return DockerError(kind, message)
    }

    /// Where the answer differs from the protocol; never what it says there.
    private static func place(of error: DecodingError) -> String {
        func path(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
        return switch error {
        case .keyNotFound(let key, let context): "\(path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.isEmpty ? "no JSON" : "\(path(context.codingPath)) is of another kind"
        @unknown default: "no JSON"
        }
    }
}
