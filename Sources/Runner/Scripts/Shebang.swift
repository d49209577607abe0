/// The first line of a script, which names the program that runs it.
struct Shebang: Equatable {
    /// The program's path.
    let interpreter: String
    /// Whether the line ends with a carriage return, which the kernel takes for a part of the name.
    let hasCarriageReturn: Bool

    /// `nil` when the text does not begin with `#!` and a path.
    init?(script: String) {
        let bytes = script.utf8
        guard bytes.starts(with: "#!".utf8) else { return nil }
        let line = bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let word = line.drop(while: isSpace).prefix { !isSpace($0) }
        let path = word.prefix { $0 != UInt8(ascii: "\r") }
        guard path.first == UInt8(ascii: "/") else { return nil }
        interpreter = String(decoding: path, as: UTF8.self)
        hasCarriageReturn = path.count < word.count
    }
}
