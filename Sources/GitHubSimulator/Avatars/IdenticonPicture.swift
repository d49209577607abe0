/// A pattern that is the same on its left and on its right, as a PNG file.
struct IdenticonPicture {
    /// At least 6 bytes that choose colour and pattern.
    let seed: [UInt8]
    /// Width and height in pixels.
    let size: Int

    /// Six by six fields, of which one half mirrors the other.
    private func isFilled(_ x: Int, _ y: Int) -> Bool {
        let column = min(x, 5 - x)
        return seed[y % seed.count] >> UInt8(column) & 1 == 1
    }

    /// The file: a palette of two colours and one byte a pixel.
    var png: [UInt8] {
        var header = Self.big(UInt32(size)) + Self.big(UInt32(size))
        header += [8, 3, 0, 0, 0]
        let colour = [seed[0] / 2 + 40, seed[1] / 2 + 40, seed[2] / 2 + 60]
        var rows: [UInt8] = []
        rows.reserveCapacity(size * (size + 1))
        for y in 0..<size {
            rows.append(0)
            for x in 0..<size { rows.append(isFilled(x * 6 / size, y * 6 / size) ? 1 : 0) }
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
            + Self.chunk("PLTE", [236, 238, 242] + colour) + Self.chunk("IDAT", Self.stored(rows))
            + Self.chunk("IEND", [])
    }

    private static func big(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return big(UInt32(data.count)) + body + big(checksum(body))
    }

    /// zlib's format with blocks that are not compressed: readable by everybody, and nothing to get wrong.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 65_535, bytes.count)
            let length = UInt16(end - start)
            result.append(end == bytes.count ? 1 : 0)
            for value in [length, ~length] { result += [UInt8(value & 0xFF), UInt8(value >> 8)] }
            result += bytes[start..<end]
            start = end
        } while start < bytes.count
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return result + big(high << 16 | low)
    }

    /// CRC-32, as PNG counts it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
