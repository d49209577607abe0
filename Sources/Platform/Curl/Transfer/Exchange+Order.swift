extension Exchange {
    /// A checked HTTP request.
    ///
    /// - Parameter isStream: whether the response is read as it comes.
    static func http(_ request: CurlRequest, isStream: Bool) throws(CurlError) -> Exchange {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(isToken) else {
            throw CurlError(.badURL, "the method of a request is a word")
        }
        let address = try CurlAddress(request.url, verb: request.method, schemes: ["http", "https"])
        for header in request.headers {
            // A line end would let a value add headers, or another request.
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(isToken), header.value.utf8.allSatisfy(isText)
            else {
                throw CurlError(.badURL, "\(address): a header has a name or a value that cannot be sent")
            }
        }
        if let socket = request.unixSocket, socket.isEmpty || socket.utf8.count > 107 || socket.utf8.contains(0) {
            throw CurlError(.badURL, "\(address): the path of a Unix socket has 1 to 107 bytes")
        }
        let upload: Upload? =
            switch request.body {
            case .bytes(let bytes): Upload(bytes)
            case .stream(let length, _): Upload(length: length)
            case .none: ["POST", "PUT", "PATCH"].contains(request.method) ? Upload([]) : nil
            }
        let isLarge = if case .stream = request.body { true } else { isStream }
        return Exchange(.http(request), address, upload: upload, isLarge: isLarge)
    }

    /// A checked mail.
    static func mail(_ mail: CurlMail) throws(CurlError) -> Exchange {
        var address = try CurlAddress(mail.url, verb: "mail to", schemes: ["smtp", "smtps"])
        address.add(mail.password)
        guard !mail.to.isEmpty, ([mail.from] + mail.to).allSatisfy(isAddress) else {
            throw CurlError(.badURL, "\(address): the address of the sender or of a recipient is not one")
        }
        guard ![mail.user, mail.password].contains(where: { $0?.utf8.contains(0) == true }) else {
            throw CurlError(.badURL, "\(address): the user's name or password holds a zero byte")
        }
        return Exchange(.mail(mail), address, upload: Upload(withNetworkLineEnds(mail.message)), isLarge: false)
    }

    /// Every line end as CRLF, which SMTP demands.
    static func withNetworkLineEnds(_ message: [UInt8]) -> [UInt8] {
        let (return_, feed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        var result: [UInt8] = []
        result.reserveCapacity(message.count + message.count / 32)
        var index = 0
        while index < message.count {
            let byte = message[index]
            index += 1
            guard byte == return_ || byte == feed else {
                result.append(byte)
                continue
            }
            result += [return_, feed]
            if byte == return_, index < message.count, message[index] == feed { index += 1 }
        }
        return result
    }

    /// Whether a byte may stand in a method or in the name of a header.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Whether a byte may stand in the value of a header.
    private static func isText(_ byte: UInt8) -> Bool {
        byte == 0x09 || (byte >= 0x20 && byte != 0x7F)
    }

    /// Whether a text may stand between the angle brackets of MAIL FROM and RCPT TO.
    private static func isAddress(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 254
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    }
}
