import Curl
import Foundation

/// Asks the stand-in for GitHub to do things, and looks at what became of them, on both sides.
struct DemoClient: Sendable {
    /// The stand-in.
    var gitHub: String
    /// The controller.
    var kozmic: String
    var curl: CurlClient

    /// A control request to the stand-in.
    @discardableResult
    func control<Answer: Decodable>(
        _ method: String, _ path: String, _ body: [String: any Sendable]? = nil, as type: Answer.Type = Nothing.self
    ) async throws -> Answer {
        var request = CurlRequest(method: method, url: "\(gitHub)/_control/\(path)")
        if let body {
            request.headers = [CurlHeader(name: "Content-Type", value: "application/json")]
            request.body = .bytes(Array(try JSONSerialization.data(withJSONObject: body)))
        }
        let response = try await curl.send(request)
        guard (200...299).contains(response.status) else {
            throw SettingProblem(
                "\(method) \(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
        }
        if let nothing = Nothing() as? Answer { return nothing }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: Data(response.body))
    }

    /// A page of the controller; `nil` unless it answers 200.
    func page(_ path: String) async throws -> String? {
        let response = try await curl.send(CurlRequest(url: "\(kozmic)/\(path)"))
        return response.status == 200 ? String(decoding: response.body, as: UTF8.self) : nil
    }

    /// Looks until something is there, a few minutes at most.
    ///
    /// - Throws: `SettingProblem` that says what was waited for.
    @discardableResult
    func eventually<Value>(
        _ what: String, within limit: Duration = .seconds(180), _ look: () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + limit
        var trouble = ""
        while true {
            do {
                if let value = try await look() { return value }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                trouble = " (\(error))"
            }
            guard ContinuousClock.now < deadline else {
                throw SettingProblem("not seen in \(limit): \(what)\(trouble)")
            }
            // Programs of another process are watched from outside: there is nothing to wait on but time.
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// An answer that nobody reads.
    struct Nothing: Decodable {}

    /// What GitHub shows beside a commit.
    struct Status: Decodable {
        var context: String
        var state: String
        var description: String
        var targetUrl: String
    }

    /// A webhook as GitHub has it.
    struct Webhook: Decodable {
        var id: Int64
        var events: [String]
        var url: String
    }

    struct Commit: Decodable { var sha: String }
    struct Pull: Decodable {
        var number: Int
        var headSha: String
    }
    struct Repository: Decodable {
        var path: String
        var cloneUrl: String
    }
}
