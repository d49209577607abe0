/// What a transfer is for.
enum Order: Sendable {
    case http(CurlRequest)
    case mail(CurlMail)

    var timeouts: CurlTimeouts {
        switch self {
        case .http(let request): request.timeouts
        case .mail(let mail): mail.timeouts
        }
    }
}
