import Foundation
import Testing

/// `openssl s_server` with a certificate of its own for 127.0.0.1, which answers any GET with a page about the session.
struct TLSServer {
    static let program = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(
        where: FileManager.default.isExecutableFile)

    let process: Process
    let port: Int
    let certificate: String

    /// Makes the certificate in a folder, and starts the server.
    init(in folder: String) async throws {
        certificate = folder + "/certificate.pem"
        let key = folder + "/key.pem"
        let maker = try Self.run([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ])
        _ = await Self.text(from: maker.output) { _ in false }
        maker.process.waitUntilExit()
        let server = try Self.run(["s_server", "-www", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key])
        process = server.process
        let greeting = await Self.text(from: server.output) { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().contains { $0.hasPrefix("ACCEPT") }
        }
        let line = try #require(greeting.split(separator: "\n").first { $0.hasPrefix("ACCEPT") })
        port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
    }

    func stop() {
        process.terminate()
    }

    private static func run(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: try #require(program))
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, output.fileHandleForReading)
    }

    /// What a program says until it is enough, or until its end.
    private static func text(
        from output: FileHandle, until isEnough: @escaping @Sendable (String) -> Bool
    ) async -> String {
        await withCheckedContinuation { continuation in
            inThread {
                var text = ""
                while !isEnough(text) {
                    let data = output.availableData
                    if data.isEmpty { break }
                    text += String(decoding: data, as: UTF8.self)
                }
                continuation.resume(returning: text)
            }
        }
    }
}
