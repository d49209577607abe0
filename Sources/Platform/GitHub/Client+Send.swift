import Curl
import Foundation
import Logging

extension GitHubClient {
    /// Sends a request, again if it may be repeated and the trouble may have passed.
    ///
    /// - Returns: an answer with a status below 300.
    func send(_ request: GitHubRequest) async throws(GitHubError) -> Answer {
        try await send(request, to: request.url(under: apiURL))
    }

    /// The same for an address that GitHub gave.
    ///
    /// - Parameter type: what is read from the answer; with it, what is kept is used when it still holds.
    func send(
        _ request: GitHubRequest, to url: String, as type: String? = nil
    ) async throws(GitHubError) -> Answer {
        var pause = options.firstPause
        var mayHaveArrived = false
        var attempt = 1
        while true {
            do {
                return try await follow(request, from: url, as: type)
            } catch {
                guard attempt < options.attempts, mayRepeat(request, after: error) else {
                    throw error.after(mayHaveArrived)
                }
                mayHaveArrived = mayHaveArrived || !error.wasNeverSent
                logger.debug("trying again", metadata: ["request": "\(request.name)", "error": "\(error.message)"])
            }
            do {
                try await options.clock.sleep(for: pause)
            } catch {
                throw GitHubError(
                    kind: .cancelled, message: "cancelled", request: request.name, wasNeverSent: !mayHaveArrived)
            }
            pause *= 2
            attempt += 1
        }
    }

    private func mayRepeat(_ request: GitHubRequest, after error: GitHubError) -> Bool {
        switch error.kind {
        case .transport: request.isRepeatable || error.wasNeverSent
        case .server: request.isRepeatable
        default: false
        }
    }

    /// Follows redirects, which a renamed repository answers with, keeping method and body.
    private func follow(
        _ request: GitHubRequest, from start: String, as type: String?
    ) async throws(GitHubError) -> Answer {
        var url = start
        for _ in 0..<5 {
            let key = type.map { "\($0) \(url)" }
            var known: Answer?
            if let key { known = await kept(key) }
            let (response, gate) = try await signed(request, url, etag: known?.etag)
            if response.status == 304, let known { return known }
            guard [301, 302, 307, 308].contains(response.status) else {
                return try answer(request, response, gate, key)
            }
            url = try target(of: response, request, from: url)
        }
        throw GitHubError(kind: .http(310), message: "GitHub redirects in circles", request: request.name)
    }

    /// One request with the credential for it; once more when that one has ended meanwhile.
    private func signed(
        _ request: GitHubRequest, _ url: String, etag: String?
    ) async throws(GitHubError) -> (CurlResponse, RequestGate) {
        var credential = try await credential(request)
        var response = try await exchange(request, url, etag: etag, credential)
        if response.status == 401, isOurs(url), await identity.isReplaced(credential) {
            credential = try await self.credential(request)
            response = try await exchange(request, url, etag: etag, credential)
        }
        return (response, credential.gate)
    }

    private func credential(_ request: GitHubRequest) async throws(GitHubError) -> Credential {
        do {
            return try await identity.credential(request.owner)
        } catch {
            throw error.request == nil ? error.named(request) : error
        }
    }

    /// One request, one answer.
    private func exchange(
        _ request: GitHubRequest, _ url: String, etag: String?, _ credential: Credential
    ) async throws(GitHubError) -> CurlResponse {
        let gate = credential.gate
        let pass: RequestGate.Pass
        do {
            let isWrite = request.method != "GET" && request.method != "HEAD"
            pass = try await gate.pass(.init(priority: priority, isWrite: isWrite), isConditional: etag != nil)
        } catch {
            throw error.named(request)
        }
        defer { gate.end(pass) }
        await gate.remember(pass)
        var headers = [
            CurlHeader(name: "Accept", value: "application/vnd.github+json"),
            CurlHeader(name: "X-GitHub-Api-Version", value: "2022-11-28"),
        ]
        if isOurs(url), let authorization = credential.authorization {
            headers.append(CurlHeader(name: "Authorization", value: authorization))
        }
        if let agent = options.userAgent { headers.append(CurlHeader(name: "User-Agent", value: agent)) }
        if request.body != nil { headers.append(CurlHeader(name: "Content-Type", value: "application/json")) }
        if let etag { headers.append(CurlHeader(name: "If-None-Match", value: etag)) }
        do {
            // libcurl sends a request again when a connection that it had kept turns out to be closed, although the server
            // may have carried it out before.
            let response = try await curl.send(
                CurlRequest(
                    method: request.method, url: url, headers: headers,
                    body: request.body.map { .bytes($0) } ?? .none, timeouts: options.timeouts,
                    bodyLimit: options.bodyLimit, needsFreshConnection: !request.isRepeatable))
            if isOurs(url) { noteQuota(response, gate) }
            return response
        } catch {
            throw self.error(error, for: request)
        }
    }

    private func noteQuota(_ response: CurlResponse, _ gate: RequestGate) {
        guard let limit = response.headers["X-RateLimit-Limit"].flatMap(Int.init), limit > 0,
            let remaining = response.headers["X-RateLimit-Remaining"].flatMap(Int.init), remaining >= 0,
            let seconds = secondsToReset(response)
        else {
            if response.status == 304 { gate.noteUnchanged() }
            return
        }
        gate.note(
            limit: limit, remaining: remaining,
            resetsAt: options.now().addingTimeInterval(min(7200, max(0, seconds))),
            isUnchanged: response.status == 304)
    }

    private func answer(
        _ request: GitHubRequest, _ response: CurlResponse, _ gate: RequestGate, _ key: String?
    ) throws(GitHubError) -> Answer {
        guard (200..<300).contains(response.status) else {
            throw gate.note(error(response, for: request))
        }
        gate.noteCalm()
        let links = response.headers.all.filter { $0.name.lowercased() == "link" }.map(\.value)
        var answer = Answer(
            status: response.status, body: response.body, link: links.isEmpty ? nil : links.joined(separator: ", "))
        if response.status == 200, let key, let etag = response.headers["ETag"], etag.utf8.count < 500 {
            answer.key = key
            answer.etag = etag
        }
        return answer
    }

    private func target(
        of response: CurlResponse, _ request: GitHubRequest, from url: String
    ) throws(GitHubError) -> String {
        let location = response.headers["Location"] ?? ""
        guard let target = URL(string: location, relativeTo: URL(string: url))?.absoluteString,
            let origin = Origin(target), !location.isEmpty
        else { throw error(response, for: request) }
        let current = Origin(url)
        // The body of a write may hold a secret, so it goes no further than the token; nothing goes from TLS to clear.
        guard origin == current || (request.method == "GET" && (origin.scheme == "https" || current?.scheme == "http"))
        else {
            throw GitHubError(
                kind: .http(response.status), message: "GitHub redirects to another host, which is not followed",
                request: request.name)
        }
        return target
    }

    /// Whether an address is on the API's own host, the only one that gets the token.
    func isOurs(_ url: String) -> Bool {
        guard let origin else { return false }
        // Nearly every address is made of it, and to take one apart takes a while.
        if url.utf8.starts(with: apiURL.utf8), url.utf8.dropFirst(apiURL.utf8.count).first == UInt8(ascii: "/") {
            return true
        }
        return Origin(url) == origin
    }
}

extension GitHubError {
    /// The error with the request that it is about.
    func named(_ request: GitHubRequest) -> GitHubError {
        var error = self
        error.request = request.name
        return error
    }

    /// Takes earlier attempts into account: one of them may have arrived.
    fileprivate func after(_ mayHaveArrived: Bool) -> GitHubError {
        var error = self
        error.wasNeverSent = wasNeverSent && !mayHaveArrived
        return error
    }
}
