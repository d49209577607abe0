import Foundation

/// Runs another program in a scratch folder, to see whether it understands what we wrote.
struct Tool {
    let folder: URL

    static func with(_ body: (Tool) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "OpenSSLTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(Tool(folder: folder))
    }

    /// Writes a file that only its owner may read, as `ssh-keygen` wants it.
    func write(_ name: String, _ bytes: [UInt8]) {
        _ = FileManager.default.createFile(
            atPath: folder.appending(path: name).path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
    }

    func read(_ name: String) throws -> String { try String(contentsOf: folder.appending(path: name), encoding: .utf8) }

    /// What the program printed, without white space at the ends; `nil` when it failed.
    func run(_ arguments: [String]) async throws -> String? {
        let output = folder.appending(path: "output-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let text = try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        return status == 0 ? text : nil
    }
}
