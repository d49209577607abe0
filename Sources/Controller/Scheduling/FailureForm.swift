import LineForms
import OpenSSL

/// How the output of a script that failed ended: the same bytes where its last lines say the same. What is another in each
/// run does not count, as when logs are compared.
enum FailureForm {
    /// So many of the last lines count; empty ones are passed over.
    static let mostLines = 20
    /// They are looked for in so many of the last bytes.
    static let mostBytes = 32 << 10

    /// - Parameter output: the end of what the script wrote. One byte more than `mostBytes` tells that it is not the whole:
    ///   the first line is only part of one then, and does not count.
    /// - Returns: sixteen bytes; `nil` when there is no whole line that says anything.
    static func bytes(_ output: [UInt8]) -> [UInt8]? {
        let lines = output.withUnsafeBytes { buffer -> [[UInt8]] in
            var rest = buffer[...]
            if buffer.count > mostBytes {
                guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
                rest = rest[(end + 1)...]
            }
            return lastLines(rest)
        }
        guard !lines.isEmpty else { return nil }
        return Array(SHA256.hash(Array(lines.joined(separator: [UInt8(ascii: "\n")]))).prefix(16))
    }

    /// What counts of them, the last one first.
    private static func lastLines(_ output: Slice<UnsafeRawBufferPointer>) -> [[UInt8]] {
        var rest = output
        var form = LineForm()
        var lines: [[UInt8]] = []
        while !rest.isEmpty, lines.count < mostLines {
            let lineBreak = rest.lastIndex(of: UInt8(ascii: "\n"))
            let line = rest[(lineBreak.map { $0 + 1 } ?? rest.startIndex)...]
            let start = line.count > LineForm.lengthLimit ? LineForm.overwriting(line) : nil
            form.read(UnsafeRawBufferPointer(rebasing: line[(start ?? line.startIndex)...]))
            if !form.bytes.isEmpty { lines.append(form.bytes) }
            rest = rest[..<(lineBreak ?? rest.startIndex)]
        }
        return lines
    }
}
