import Glibc

/// Follows the colours and styles of a log without making lines of it: what a line far down begins with.
///
/// It looks from one escape character to the next, so plain text costs what a look for a byte costs. Sequences inside of
/// the texts that terminals take for titles and links are rare enough to be taken for sequences.
struct StyleScanner: Sendable {
    /// The style at the place reached.
    private(set) var style = TerminalStyle()
    private var state = State.ground
    private var parameters: [UInt8] = []

    private enum State { case ground, escape, control }

    private static let parameterLimit = 64

    /// - Parameter style: what the bytes begin with.
    init(_ style: TerminalStyle = TerminalStyle()) { self.style = style }

    /// Goes on over these bytes; a sequence may be cut anywhere.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            if state == .ground {
                guard let base = bytes.baseAddress,
                    let found = memchr(base + index, 0x1B, bytes.count - index)
                else { return }
                index = base.distance(to: UnsafeRawPointer(found)) + 1
                state = .escape
                continue
            }
            let byte = bytes[index]
            index += 1
            if state == .escape {
                state = byte == UInt8(ascii: "[") ? .control : byte == 0x1B ? .escape : .ground
                parameters.removeAll(keepingCapacity: true)
            } else if (0x20...0x3F).contains(byte) {
                if parameters.count < Self.parameterLimit { parameters.append(byte) }
            } else {
                if byte == UInt8(ascii: "m") { style.apply(parameters) }
                state = byte == 0x1B ? .escape : .ground
            }
        }
    }
}
