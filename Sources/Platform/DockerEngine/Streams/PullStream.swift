import Foundation

/// Reads what the engine says during a pull. The status is 200 before the pull begins: how it went is in the stream.
struct PullStream: Sendable {
    private var lines = LineSplitter()

    /// The news in a chunk; throws the engine's words when the pull failed.
    mutating func append(_ chunk: [UInt8]) throws(DockerError) -> [DockerPullProgress] {
        var news: [DockerPullProgress] = []
        for line in try lines.append(chunk) {
            if let progress = try Self.read(line) { news.append(progress) }
        }
        return news
    }

    /// The same for what follows the last line end.
    mutating func finish() throws(DockerError) -> DockerPullProgress? {
        guard let line = lines.finish() else { return nil }
        return try Self.read(line)
    }

    private struct Line: Decodable {
        var status: String?
        var id: String?
        var progressDetail: Detail?
        var error: String?
        var errorDetail: Problem?

        struct Detail: Decodable {
            var current: Int64?
            var total: Int64?
        }

        struct Problem: Decodable {
            var message: String?
        }
    }

    private static func read(_ bytes: [UInt8]) throws(DockerError) -> DockerPullProgress? {
        let line: Line
        do {
            line = try JSONDecoder().decode(Line.self, from: Data(bytes))
        } catch {
            throw DockerError(.decoding, "the engine's report of the pull is no JSON")
        }
        if line.error != nil || line.errorDetail != nil {
            let words = line.errorDetail?.message ?? line.error ?? ""
            throw DockerError(.stream, words.isEmpty ? "the pull failed; the engine does not say why" : words)
        }
        guard let status = line.status else { return nil }
        return DockerPullProgress(
            status: status, id: line.id, current: line.progressDetail?.current, total: line.progressDetail?.total)
    }
}
