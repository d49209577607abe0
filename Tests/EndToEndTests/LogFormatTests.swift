import Foundation
import Logging
import Synchronization
import Testing

@testable import kozmic

@Suite("The server's own log")
struct LogFormatTests {
    @Test("an event is one line of JSON, whatever it holds")
    func json() throws {
        let lines = Lines()
        var logger = Logger(label: "kozmic") { label in
            var handler = JSONLogHandler(label: label)
            handler.write = { lines.add($0) }
            return handler
        }
        logger[metadataKey: "project"] = "acme/widget"
        logger.notice("two\nlines \"quoted\" \u{1B}[31m", metadata: ["list": ["a", "b\n"], "map": ["x": "\(1)"]])
        logger.debug("not shown")
        let text = lines.text
        #expect(text.hasSuffix("\n"))
        #expect(text.split(separator: "\n").count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["level"] as? String == "notice")
        #expect(object["logger"] as? String == "kozmic")
        #expect(object["message"] as? String == "two\nlines \"quoted\" \u{1B}[31m")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["project"] as? String == "acme/widget")
        #expect(metadata["list"] as? [String] == ["a", "b\n"])
        #expect(metadata["map"] as? [String: String] == ["x": "1"])
        let time = try #require(object["time"] as? String)
        #expect(time.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil, "\(time)")
    }

    @Test("a server that is told so logs nothing else, and an unknown format is refused with the way out")
    func serve() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-log-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try await Shell.run("git", ["init", "--quiet", "config"], in: folder, environment: World.gitEnvironment)
        let port = try FreePort.find()
        let server = Program()
        try server.start(
            [
                Program.kozmic, "serve", "--config-repo", "\(folder)/config", "--data-dir", "\(folder)/data",
                "--listen",
                "127.0.0.1:\(port)", "--docker-host", "unix://\(folder)/none.sock", "--log-format", "json",
            ], log: "\(folder)/log")
        func log() -> String {
            String(decoding: FileManager.default.contents(atPath: "\(folder)/log") ?? Data(), as: UTF8.self)
        }
        let end = ContinuousClock.now + .seconds(60)
        while !log().contains("starts"), server.isRunning, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        await server.end(SIGTERM)
        #expect(log().contains("\"message\":\"kozmic "))
        for line in log().split(separator: "\n") {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any], "\(line)")
        }
        let wrong = try await Shell.result(
            Program.kozmic, ["serve", "--config-repo", "x", "--log-format", "xml"], withErrors: true)
        #expect(wrong.status == 64 && wrong.output.contains("must be text or json, not 'xml'"), "\(wrong.output)")
    }
}

private final class Lines: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
}
