import OpenSSL

extension World {
    /// `GET /avatars/u/ID?v=4&s=SIZE`: what the `avatar_url` of an account leads to, a pattern of its own for each.
    func serveAvatar(_ call: RESTCall) -> RESTAnswer {
        // The host of pictures is another one than the API's, and has no business with a token.
        guard call.headers["authorization"] == nil else { return RESTAnswer(status: 400, plain: "no token here\n") }
        guard call.method == "GET" || call.method == "HEAD", call.segments.count == 3, call.segments[1] == "u",
            let id = Int64(call.segments[2]), let account = account(id: id)
        else { return RESTAnswer(status: 404, plain: "404: Not Found\n") }
        let wanted = call.query.last { $0.name == "s" }.flatMap { Int($0.value) } ?? 460
        let tag = "\"\(Hex.encode(SHA256.hash(Array("\(account.id) \(wanted)".utf8))))\""
        var answer = RESTAnswer(headers: [HeaderLine(name: "ETag", value: tag)])
        if call.headers["if-none-match"] == tag {
            answer.status = 304
        } else {
            answer.png =
                IdenticonPicture(seed: SHA256.hash(Array(account.key.utf8)), size: max(1, min(460, wanted))).png
        }
        return answer
    }
}
