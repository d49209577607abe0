import SeededRandom
import Testing

@testable import DockerEngine

@Suite("The engine's report of a pull")
struct PullStreamTests {
    private let lines = [
        #"{"status":"Pulling from team/image","id":"latest"}"#,
        #"{"status":"Downloading","progressDetail":{"current":512,"total":2048},"progress":"[=>  ]","id":"a1b2"}"#,
        #"{"status":"Extracting","progressDetail":{},"id":"a1b2"}"#, #"{"aux":{"ID":"sha256:00"}}"#,
        #"{"status":"Digest: sha256:0123"}"#,
    ]

    @Test("comes out the same wherever the chunks are cut", arguments: [1, 2, 7, 64, 4096])
    func chunks(size: Int) throws {
        let wire = Array(lines.map { $0 + "\r\n" }.joined().utf8)
        var stream = PullStream()
        var news: [DockerPullProgress] = []
        for start in stride(from: 0, to: wire.count, by: size) {
            news += try stream.append(Array(wire[start..<min(start + size, wire.count)]))
        }
        #expect(try stream.finish() == nil)
        #expect(
            news == [
                DockerPullProgress(status: "Pulling from team/image", id: "latest"),
                DockerPullProgress(status: "Downloading", id: "a1b2", current: 512, total: 2048),
                DockerPullProgress(status: "Extracting", id: "a1b2"),
                DockerPullProgress(status: "Digest: sha256:0123"),
            ])
    }

    @Test(
        "throws the engine's words when it failed, with old fields and new ones",
        arguments: [
            #"{"errorDetail":{"message":"unauthorized: authentication required"},"error":"unauthorized: authentication required"}"#,
            #"{"error":"unauthorized: authentication required"}"#,
            #"{"errorDetail":{"code":401,"message":"unauthorized: authentication required"}}"#,
        ])
    func failure(line: String) {
        var stream = PullStream()
        #expect(throws: DockerError(.stream, "unauthorized: authentication required")) {
            _ = try stream.append(Array((line + "\n").utf8))
        }
        // The last line need not end.
        var unfinished = PullStream()
        #expect(throws: DockerError(.stream, "unauthorized: authentication required")) {
            _ = try unfinished.append(Array(line.utf8))
            _ = try unfinished.finish()
        }
    }

    @Test("is refused when it is no JSON or has a line without an end")
    func nonsense() {
        var stream = PullStream()
        #expect { try stream.append(Array("<html>\n".utf8)) } throws: { ($0 as? DockerError)?.kind == .decoding }
        var endless = LineSplitter(limit: 100)
        #expect(throws: DockerError.self) {
            for _ in 0..<20 { _ = try endless.append([UInt8](repeating: 0x61, count: 10)) }
        }
    }

    @Test("made of noise never crashes", arguments: 0..<100 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var wire = Array(lines.joined(separator: "\n").utf8)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            wire[Int.random(in: 0..<wire.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
        }
        var stream = PullStream()
        _ = try? stream.append(wire)
        _ = try? stream.finish()
    }
}
