import Curl
import Foundation

/// The body of an error. Each part may be missing, and proxies send something else altogether.
private struct ErrorBody: Decodable {
    var message: String?
    var documentationURL: String?
    var errors: [GitHubFieldError]

    private enum CodingKeys: String, CodingKey {
        case message, errors
        case documentationURL = "documentation_url"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        message = try? container.decode(String.self, forKey: .message)
        documentationURL = try? container.decode(String.self, forKey: .documentationURL)
        // One reason may also stand alone, not in a list.
        let list = try? container.decode([GitHubFieldError].self, forKey: .errors)
        let single = try? container.decode(GitHubFieldError.self, forKey: .errors)
        errors = list ?? single.map { [$0] } ?? []
    }
}

extension GitHubClient {
    /// What an answer with a status of 300 or more means.
    func error(_ response: CurlResponse, for request: GitHubRequest) -> GitHubError {
        let body = try? JSONDecoder().decode(ErrorBody.self, from: Data(response.body))
        let fields = (body?.errors ?? []).prefix(20).map(clean)
        let message = body?.message.map { clean($0, limit: 500) } ?? plainMessage(response)
        let kind = kind(of: response, message: message, fields: fields)
        let isWaitGiven = response.headers["Retry-After"].flatMap(Int.init) != nil
        var texts = [message]
        for text in fields.map(\.description) where !texts.contains(text) { texts.append(text) }
        var error = GitHubError(
            kind: kind,
            message: texts.count == 1 ? message : "\(message): \(texts.dropFirst().joined(separator: "; "))",
            documentationURL: body?.documentationURL.map { clean($0, limit: 300) }, request: request.name)
        error.isWaitGiven = isWaitGiven
        return error
    }

    /// A failure below HTTP.
    func error(_ error: CurlError, for request: GitHubRequest) -> GitHubError {
        let kind: GitHubError.Kind
        var wasNeverSent = false
        switch error.kind {
        case .cancelled, .closed: kind = .cancelled
        case .bodyTooLarge: kind = .tooLarge
        case .badURL:
            kind = .invalidRequest
            wasNeverSent = true
        case .resolve, .connect, .tls, .timeout(.connect):
            kind = .transport
            wasNeverSent = true
        default: kind = .transport
        }
        return GitHubError(
            kind: kind, message: clean(error.message, limit: 500), request: request.name, wasNeverSent: wasNeverSent)
    }

    private func kind(of response: CurlResponse, message: String, fields: [GitHubFieldError]) -> GitHubError.Kind {
        switch response.status {
        case 401: return .unauthorized
        case 403, 429: return limit(response, message: message) ?? .forbidden
        case 404: return .notFound
        case 422: return .validation(fields)
        case 500...: return .server(response.status)
        default: return .http(response.status)
        }
    }

    private func limit(_ response: CurlResponse, message: String) -> GitHubError.Kind? {
        let wait = response.headers["Retry-After"].flatMap(Int.init)
        let isSecondary = message.lowercased().contains("secondary rate limit")
        if response.headers["X-RateLimit-Remaining"] == "0", !isSecondary {
            // Two hours at most: the windows are of one hour, and a wrong number must not shut the client up for ever.
            return .rateLimited(
                until: options.now().addingTimeInterval(min(7200, max(1, secondsToReset(response) ?? 60))))
        }
        guard wait != nil || isSecondary || response.status == 429 else { return nil }
        return .secondaryLimit(retryAfter: .seconds(min(3600, max(1, wait ?? 60))))
    }

    /// Measured on GitHub's clock, since ours may be wrong.
    func secondsToReset(_ response: CurlResponse) -> TimeInterval? {
        guard let reset = response.headers["X-RateLimit-Reset"].flatMap(TimeInterval.init), reset.isFinite else {
            return nil
        }
        let serverTime = response.headers["Date"].flatMap(HTTPDate.parse)
        return reset - (serverTime ?? options.now()).timeIntervalSince1970
    }

    /// GitHub's 5xx pages are HTML for people in browsers; a proxy's one line of text is worth reading.
    private func plainMessage(_ response: CurlResponse) -> String {
        let text = String(decoding: response.body.prefix(300), as: UTF8.self)
        let isText = response.body.count <= 300 && !text.contains("<") && !text.contains("{")
        let line = isText ? clean(text, limit: 200) : ""
        return line.isEmpty ? "the answer was \(response.status)" : "the answer was \(response.status): \(line)"
    }

    private func clean(_ field: GitHubFieldError) -> GitHubFieldError {
        GitHubFieldError(
            resource: field.resource.map { clean($0, limit: 100) }, field: field.field.map { clean($0, limit: 100) },
            code: field.code.map { clean($0, limit: 100) }, message: field.message.map { clean($0, limit: 300) })
    }

    /// One line of bounded length, without the token, should somebody on the way have repeated our request.
    private func clean(_ text: String, limit: Int) -> String {
        let bounded = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit * 4)))
        let hidden = identity.secrets.reduce(bounded) { $1.isEmpty ? $0 : $0.replacing($1, with: "********") }
        return Printable.line(hidden, limit: limit)
    }
}
