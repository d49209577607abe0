/// Takes a tar archive in memory apart: files, folders and symbolic links; anything else in it is skipped.
public enum TarReader {
    /// Entries of an archive at most.
    private static let mostEntries = 100_000

    /// The entries in their order. Contents are `directory`, `bytes` or `symlink`.
    public static func entries(_ archive: [UInt8]) throws(TarError) -> [TarEntry] {
        var entries: [TarEntry] = []
        var extras = Extras()
        var position = 0
        while position + TarHeader.blockSize <= archive.count {
            let block = archive[position..<position + TarHeader.blockSize]
            if block.allSatisfy({ $0 == 0 }) { return entries }
            try checkSum(block)
            let type = block[position + 156]
            let isExtra = "xgLK".utf8.contains(type)
            let length = try number(isExtra ? nil : extras.size, or: block, 124, 12)
            position += TarHeader.blockSize
            guard length >= 0, length <= Int64(archive.count - position) else {
                throw TarError("the archive ends in the middle of an entry")
            }
            let data = archive[position..<position + Int(length)]
            position += (Int(length) + TarHeader.blockSize - 1) / TarHeader.blockSize * TarHeader.blockSize
            switch type {
            case UInt8(ascii: "x"): try extras.read(data)
            case UInt8(ascii: "g"): break
            case UInt8(ascii: "L"): extras.path = Array(data.prefix { $0 != 0 })
            case UInt8(ascii: "K"): extras.link = Array(data.prefix { $0 != 0 })
            default:
                guard entries.count < mostEntries else { throw TarError("the archive has too many entries") }
                if let entry = try entry(type, block, data, extras) { entries.append(entry) }
                extras = Extras()
            }
        }
        // The end mark may be missing, a part of a header may not be left over.
        guard position >= archive.count else { throw TarError("the archive ends in the middle of a header") }
        return entries
    }

    private static func entry(
        _ type: UInt8, _ block: ArraySlice<UInt8>, _ data: ArraySlice<UInt8>, _ extras: Extras
    ) throws(TarError) -> TarEntry? {
        let content: TarEntry.Content
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): content = .bytes(Array(data))
        case UInt8(ascii: "5"): content = .directory
        case UInt8(ascii: "2"): content = .symlink(extras.link ?? text(block, 157, 100))
        default: return nil
        }
        var path = extras.path ?? text(block, 0, 100)
        if extras.path == nil, text(block, 257, 5).elementsEqual("ustar".utf8), block[block.startIndex + 262] == 0 {
            let prefix = text(block, 345, 155)
            if !prefix.isEmpty { path = prefix + [UInt8(ascii: "/")] + path }
        }
        while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
        return TarEntry(
            path: path, content, mode: UInt16(try number(block, 100, 8) & 0o7777),
            uid: UInt32(truncatingIfNeeded: try number(extras.uid, or: block, 108, 8)),
            gid: UInt32(truncatingIfNeeded: try number(extras.gid, or: block, 116, 8)),
            modified: try number(extras.modified, or: block, 136, 12))
    }

    /// What stands before an entry because its header has no room for it.
    private struct Extras {
        var path: [UInt8]?
        var link: [UInt8]?
        var size: Int64?
        var uid: Int64?
        var gid: Int64?
        var modified: Int64?

        mutating func read(_ data: ArraySlice<UInt8>) throws(TarError) {
            var rest = data
            while !rest.isEmpty {
                guard let space = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
                    let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > 0, length <= rest.count,
                    rest.startIndex + length - 1 > space,
                    rest[rest.startIndex + length - 1] == UInt8(ascii: "\n"),
                    let equals = rest[space..<rest.startIndex + length].firstIndex(of: UInt8(ascii: "="))
                else { throw TarError("the archive has a malformed pax record") }
                let name = String(decoding: rest[(space + 1)..<equals], as: UTF8.self)
                let value = rest[(equals + 1)..<(rest.startIndex + length - 1)]
                switch name {
                case "path": path = Array(value)
                case "linkpath": link = Array(value)
                case "size": size = try Self.number(value)
                case "uid": uid = try Self.number(value)
                case "gid": gid = try Self.number(value)
                case "mtime": modified = try Self.number(value.prefix { $0 != UInt8(ascii: ".") })
                default: break
                }
                rest = rest.dropFirst(length)
            }
        }

        private static func number(_ digits: ArraySlice<UInt8>) throws(TarError) -> Int64 {
            guard let number = Int64(String(decoding: digits, as: UTF8.self)) else {
                throw TarError("the archive has a malformed pax record")
            }
            return number
        }
    }

    private static func text(_ block: ArraySlice<UInt8>, _ offset: Int, _ length: Int) -> [UInt8] {
        Array(block.dropFirst(offset).prefix(length).prefix { $0 != 0 })
    }

    /// The number that a pax record gives, else the header's own.
    private static func number(
        _ extra: Int64?, or block: ArraySlice<UInt8>, _ offset: Int, _ length: Int
    ) throws(TarError) -> Int64 {
        if let extra { return extra }
        return try number(block, offset, length)
    }

    /// Octal digits, or a binary number when the first bit is set.
    private static func number(_ block: ArraySlice<UInt8>, _ offset: Int, _ length: Int) throws(TarError) -> Int64 {
        let field = block.dropFirst(offset).prefix(length)
        if let first = field.first, first & 0x80 != 0 {
            let isNegative = first & 0x40 != 0
            // More than 63 bits are no number of ours.
            guard field.dropLast(8).dropFirst().allSatisfy({ $0 == (isNegative ? 0xff : 0) }) else {
                throw TarError("the archive has a number that is too large")
            }
            let bits = field.suffix(8).enumerated().reduce(UInt64(isNegative ? UInt64.max : 0)) { bits, byte in
                // In a field of 8 bytes the mark is one of them.
                let value = length == 8 && byte.offset == 0 && !isNegative ? byte.element & 0x7f : byte.element
                return bits << 8 | UInt64(value)
            }
            return Int64(bitPattern: bits)
        }
        var value: Int64 = 0
        for byte in field where byte != 0 && byte != 0x20 {
            guard byte >= 0x30, byte <= 0x37 else { throw TarError("the archive has a malformed header") }
            value = value << 3 | Int64(byte - 0x30)
        }
        return value
    }

    private static func checkSum(_ block: ArraySlice<UInt8>) throws(TarError) {
        let field = block.startIndex + 148..<block.startIndex + 156
        let sum = block.indices.reduce(Int64(0)) { $0 + (field.contains($1) ? 0x20 : Int64(block[$1])) }
        guard try number(block, 148, 8) == sum else { throw TarError("this is no tar archive, or it is damaged") }
    }
}
