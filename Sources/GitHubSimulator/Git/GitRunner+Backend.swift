import Subprocess

extension GitRunner {
    /// Writes a piece of a request's body into the backend.
    typealias Feeder = @Sendable ([UInt8]) async throws -> Void

    /// Runs `git http-backend`: feeds its input and hands out its output at the same time.
    func backend(
        for exchange: BackendExchange, feed: @escaping @Sendable (Feeder) async throws -> Void,
        take: ([UInt8]) async throws -> Void
    ) async throws {
        var variables = environment
        variables["GIT_PROJECT_ROOT"] = repositories
        variables["PATH_INFO"] = "/\(exchange.repository).git\(exchange.wanted.suffix)"
        variables["GIT_HTTP_EXPORT_ALL"] = "1"
        variables["REQUEST_METHOD"] = exchange.method
        variables["QUERY_STRING"] = exchange.wanted.query
        variables["CONTENT_TYPE"] = exchange.contentType
        variables["HTTP_CONTENT_ENCODING"] = exchange.encoding
        variables["REMOTE_ADDR"] = "127.0.0.1"
        variables["REMOTE_USER"] = exchange.user
        variables["GIT_PROTOCOL"] = exchange.protocolVersion
        _ = try await Subprocess.run(
            .name("git"), arguments: ["http-backend"], environment: .custom(variables), input: .inputWriter,
            output: .sequence, error: .discarded
        ) { execution in
            let input = execution.standardInputWriter
            // The backend may stop reading before the end (a refused push); that is no failure of ours.
            async let fed: Void = {
                try? await feed { _ = try await input.write($0) }
                try? await input.finish()
            }()
            for try await buffer in execution.standardOutput {
                try await take(buffer.withUnsafeBytes { Array($0) })
            }
            await fed
        }
    }
}
