/// The 512 bytes before an entry (ustar, POSIX.1-1988), with a pax record (POSIX.1-2001) in front for what does not fit.
struct TarHeader {
    static let blockSize = 512
    /// Bytes of a path or link target at most: Linux allows no more.
    static let longestPath = 4096

    enum Kind: UInt8 {
        case file = 0x30
        case symlink = 0x32
        case directory = 0x35
        case pax = 0x78
    }

    var path: [UInt8]
    var kind: Kind
    var size: Int64 = 0
    var mode: UInt16
    var uid: UInt32
    var gid: UInt32
    var modified: Int64
    var link: [UInt8] = []

    /// Writes it to the end of a buffer.
    func append(to buffer: inout [UInt8]) {
        var records: [(String, [UInt8])] = []
        if !Self.fits(path) { records.append(("path", path)) }
        if !Self.fits(link) { records.append(("linkpath", link)) }
        if size > 0o77777777777 { records.append(("size", Array(String(size).utf8))) }
        if uid > 0o7777777 { records.append(("uid", Array(String(uid).utf8))) }
        if gid > 0o7777777 { records.append(("gid", Array(String(gid).utf8))) }
        if modified < 0 || modified > 0o77777777777 { records.append(("mtime", Array(String(modified).utf8))) }
        if !records.isEmpty {
            var body: [UInt8] = []
            // Names that are no UTF-8 are taken as they are.
            let isText =
                String(validating: path, as: UTF8.self) != nil && String(validating: link, as: UTF8.self) != nil
            if !isText { body += Self.record("hdrcharset", Array("BINARY".utf8)) }
            for (name, value) in records { body += Self.record(name, value) }
            let pax = TarHeader(
                path: Array("pax".utf8), kind: .pax, size: Int64(body.count), mode: 0o644, uid: 0, gid: 0, modified: 0)
            pax.appendBlock(to: &buffer)
            buffer += body
            Self.pad(&buffer, after: Int64(body.count))
        }
        appendBlock(to: &buffer)
    }

    /// Fills up to a whole number of blocks.
    static func pad(_ buffer: inout [UInt8], after size: Int64) {
        let over = Int(size % Int64(blockSize))
        if over > 0 { buffer.append(contentsOf: repeatElement(0, count: blockSize - over)) }
    }

    /// Whether the header's own field does: it is short, and what its bytes mean beyond ASCII is not defined.
    private static func fits(_ name: [UInt8]) -> Bool { name.count <= 100 && name.allSatisfy { $0 < 0x80 } }

    /// `<length> <name>=<value>\n`, where the length counts itself.
    private static func record(_ name: String, _ value: [UInt8]) -> [UInt8] {
        let rest = name.utf8.count + value.count + 3
        var length = rest + 1
        while rest + String(length).count != length { length = rest + String(length).count }
        return Array("\(length) \(name)=".utf8) + value + [UInt8(ascii: "\n")]
    }

    private func appendBlock(to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.blockSize))
        func put(_ bytes: some Sequence<UInt8>, at offset: Int, limit: Int) {
            for (index, byte) in bytes.prefix(limit).enumerated() { buffer[start + offset + index] = byte }
        }
        func put(_ number: Int64, at offset: Int, digits: Int) {
            var rest = number
            for index in stride(from: digits - 1, through: 0, by: -1) {
                buffer[start + offset + index] = 0x30 + UInt8(rest & 7)
                rest >>= 3
            }
        }
        put(path, at: 0, limit: 100)
        put(Int64(mode & 0o7777), at: 100, digits: 7)
        put(uid > 0o7777777 ? 0 : Int64(uid), at: 108, digits: 7)
        put(gid > 0o7777777 ? 0 : Int64(gid), at: 116, digits: 7)
        put(size > 0o77777777777 ? 0 : size, at: 124, digits: 11)
        put(modified < 0 || modified > 0o77777777777 ? 0 : modified, at: 136, digits: 11)
        put(repeatElement(0x20, count: 8), at: 148, limit: 8)
        buffer[start + 156] = kind.rawValue
        put(link, at: 157, limit: 100)
        put("ustar\u{0}00".utf8, at: 257, limit: 8)
        let sum = buffer[start...].reduce(0) { $0 + Int64($1) }
        put(sum, at: 148, digits: 6)
        buffer[start + 154] = 0
    }
}
