/// The JSON in a delivery's body.
enum WebhookPayload {
    /// The body itself, or the `payload` field of a form, when it is a JSON object; `nil` for anything else.
    static func json(_ body: [UInt8], contentType: String?) -> [UInt8]? {
        var bytes = body
        if contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true {
            guard let field = formField(body) else { return nil }
            bytes = field
        }
        return JSONText.isObject(bytes) ? bytes : nil
    }

    private static func formField(_ body: [UInt8]) -> [UInt8]? {
        let prefix = Array("payload=".utf8)
        guard let field = body.split(separator: UInt8(ascii: "&")).first(where: { $0.starts(with: prefix) }) else {
            return nil
        }
        return decode(field.dropFirst(prefix.count))
    }

    /// `+` is a space, `%XX` a byte.
    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < text.endIndex,
                    let byte = UInt8(String(decoding: text[index + 1...index + 2], as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(byte)
                index += 2
            default: bytes.append(text[index])
            }
            index += 1
        }
        return bytes
    }
}
