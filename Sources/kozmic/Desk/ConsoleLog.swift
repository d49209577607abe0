import Dispatch
import Foundation
import Glibc
import Runner

/// A job's log on a terminal: the script's output as it comes, on the stream that it chose, and our own lines on standard
/// error.
final class ConsoleLog: LogSink {
    /// Writing blocks when nobody reads.
    private let queue = DispatchQueue(label: "kozmic.console")
    private let output: Int32
    private let isColoured = isatty(2) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    /// - Parameter output: where the script's standard output goes.
    init(output: Int32 = 1) { self.output = output }

    /// A terminal that is gone does not end the job: its container is to be removed.
    func append(_ section: LogSection, _ source: LogSource, _ bytes: [UInt8]) async throws {
        let isOurs = source == .system
        await write(isOurs ? decorated(bytes) : bytes, to: source == .stdout ? output : 2)
    }

    /// Nothing is kept that could be continued.
    func stored(_ section: LogSection, _ source: LogSource) async -> Int64 { 0 }
    func storedEnd(_ section: LogSection, _ source: LogSource) async -> [UInt8] { [] }
    func isAtLineStart() async -> Bool { true }

    /// A line of ours.
    func say(_ line: String) async { await write(decorated(Array("\(line)\n".utf8)), to: 2) }

    private func decorated(_ bytes: [UInt8]) -> [UInt8] {
        isColoured ? Array("\u{1B}[2;36m".utf8) + bytes + Array("\u{1B}[0m".utf8) : bytes
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async {
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                    if count < 0, errno == EINTR || errno == EAGAIN { continue }
                    guard count > 0 else { break }
                    rest = rest.dropFirst(count)
                }
                continuation.resume()
            }
        }
    }
}
