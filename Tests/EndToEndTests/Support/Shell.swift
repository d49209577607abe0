import Foundation

/// Programs of the machine, run to their end.
enum Shell {
    /// A program ended with another status than 0.
    struct Failed: Error, CustomStringConvertible { let description: String }

    /// How a program ended, and what it wrote to its standard output.
    struct Result: Sendable {
        var status: Int32
        var output: String
    }

    /// What a program prints, standard error included.
    @discardableResult
    static func run(
        _ command: String, _ arguments: [String] = [], in folder: String? = nil, environment: [String: String] = [:]
    ) async throws -> String {
        let result = try await result(command, arguments, in: folder, environment: environment, withErrors: true)
        guard result.status == 0 else {
            throw Failed(description: "\(command) \(arguments.joined(separator: " ").suffix(500)): \(result.output)")
        }
        return result.output
    }

    /// A bash script that stops at the first mistake.
    @discardableResult
    static func script(
        _ text: String, _ arguments: [String] = [], in folder: String? = nil, environment: [String: String] = [:]
    ) async throws -> String {
        try await run("bash", ["-euc", text, "bash"] + arguments, in: folder, environment: environment)
    }

    /// Runs a program on a thread of its own.
    static func result(
        _ command: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        withErrors: Bool = false
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Swift.Result {
                        try wait([command] + arguments, in: folder, environment: environment, withErrors: withErrors)
                    })
            }
        }
    }

    private static func wait(
        _ command: [String], in folder: String?, environment: [String: String], withErrors: Bool
    ) throws -> Result {
        let pipe = try Child.pipe()
        let reader = FileHandle(fileDescriptor: pipe.reader, closeOnDealloc: true)
        let child: Child
        do {
            defer { close(pipe.writer) }
            child = try Child(
                command, in: folder, environment: environment, output: pipe.writer,
                errors: withErrors ? pipe.writer : nil)
        }
        let data = try reader.readToEnd() ?? Data()
        return Result(status: child.wait(), output: String(decoding: data, as: UTF8.self))
    }
}
