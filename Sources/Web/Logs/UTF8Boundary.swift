/// Where bytes can be cut without cutting a character.
enum UTF8Boundary {
    /// The length of the longest prefix that does not end inside of a character that may yet be completed. Bytes that
    /// can never become one are kept, so that no more than three bytes are ever held back.
    static func wholeCharacters(_ bytes: some BidirectionalCollection<UInt8>) -> Int {
        let tail = Array(bytes.suffix(3))
        for (back, byte) in tail.reversed().enumerated() {
            let needed =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 1
                }
            if byte & 0xC0 == 0x80 { continue }  // a continuation: look for its beginning
            return needed > back + 1 ? bytes.count - back - 1 : bytes.count
        }
        return bytes.count
    }
}
