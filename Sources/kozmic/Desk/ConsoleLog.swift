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

    private let whenUnread: @Sendable () -> Void

    /// - Parameters:
    ///   - output: where the script's standard output goes.
    ///   - whenUnread: told when whoever read one of the streams has gone, such as `head`; maybe many times, and on any
    ///     thread.
    init(output: Int32 = 1, whenUnread: @escaping @Sendable () -> Void = {}) {
        self.output = output
        self.whenUnread = whenUnread
        // It would end the process, whose job has a container to be removed.
        signal(SIGPIPE, SIG_IGN)
    }

    /// A terminal that is gone is no error of the job's: its container is to be removed.
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

    func write(_ bytes: [UInt8], to descriptor: Int32) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async {
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                    if count < 0, errno == EINTR || errno == EAGAIN { continue }
                    if count < 0, errno == EPIPE { self.whenUnread() }
                    guard count > 0 else { break }
                    rest = rest.dropFirst(count)
                }
                continuation.resume()
            }
        }
    }
}
