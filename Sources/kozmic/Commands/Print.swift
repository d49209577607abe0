import ArgumentParser
import Foundation
import Glibc

/// How a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// Results go to standard output, everything else to standard error.
enum Print {
    /// A result that did not reach its reader.
    struct Lost: Error, CustomStringConvertible {
        /// Of `errno`; 0 when it is not known any more.
        var code: Int32
        /// Whether the reader went away, and need not be told.
        var isUnread: Bool { code == EPIPE }
        var description: String {
            "standard output cannot be written" + (code == 0 ? "" : ": \(String(cString: strerror(code)))")
        }
    }

    /// A line for people, if they still listen.
    static func error(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8)) }

    /// A value for programs.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Whether a person reads standard output.
    static let isTerminal = isatty(1) == 1

    /// A piece of a result that is no line.
    ///
    /// - Throws: `Lost`.
    static func bytes(_ bytes: [UInt8]) throws(Lost) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw Lost(code: errno) }
            rest = rest.dropFirst(count)
        }
    }
}
