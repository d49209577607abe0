import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// What a request knows about its connection: enough to drop it.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Closes the connection after two lines of an answer; whatever is written afterwards reaches nobody.
    ///
    /// A connection that is closed without a byte would not do: libcurl takes it for an idle one that has ended and
    /// sends the request again by itself.
    func disconnect() async {
        let channel = channel
        try? await channel.eventLoop.submit {
            let encoder = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            let bytes = ByteBuffer(string: "HTTP/1.1 200 OK\r\nServer: GitHub.com\r\n")
            encoder.writeAndFlush(NIOAny(bytes), promise: nil)
        }.get()
        try? await channel.close().get()
    }
}

/// Sends every request to one of the three that can answer: the control routes, git, REST.
struct FrontDoor: HTTPResponder {
    let world: World
    let git: GitRunner

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let path = request.uri.path
        if path.hasPrefix("/_control/") { return await control(request) }
        if path.hasPrefix("/login/oauth/") { return await rest(request, context, through: .oauth) }
        if path.hasPrefix("/avatars/") { return await rest(request, context, through: .avatars) }
        if let wanted = GitRequest(path: path, query: request.uri.query) {
            return try await GitService(world: world, git: git).respond(to: wanted, request, context)
        }
        return await rest(request, context)
    }

    private func control(_ request: Request) async -> Response {
        guard let call = await call(request, path: request.uri.path, prefix: false, limit: 128 << 20) else {
            return Self.response(RESTFailure(413, "Too much").answer, isHead: false)
        }
        return Self.response(await world.control(call), isHead: false)
    }

    /// What REST shares its faults and its record with.
    private enum Door: String { case rest, oauth, avatars }

    private func rest(
        _ request: Request, _ context: ConnectionContext, through door: Door = .rest
    ) async -> Response {
        let isPrefixed = request.uri.path.hasPrefix("/api/v3/") || request.uri.path == "/api/v3"
        let path = isPrefixed ? String(request.uri.path.dropFirst("/api/v3".count)) : request.uri.path
        guard let call = await call(request, path: path, prefix: isPrefixed, limit: 1 << 20) else {
            return Self.response(RESTFailure(413, "Payload too large").answer, isHead: false)
        }
        let fault = await world.takeFault(method: call.method, path: call.path)
        var answer = RESTAnswer()
        if case .delay(let time) = fault?.action { try? await Task.sleep(for: time) }
        if let fault, !fault.isAfter, let spoilt = fault.answer {
            answer = spoilt
            answer.isCounted = false
        } else {
            switch door {
            case .rest: answer = await world.serve(call)
            case .oauth: answer = await world.serveOAuth(call)
            case .avatars: answer = await world.serveAvatar(call)
            }
            if let fault, fault.isAfter, var spoilt = fault.answer {
                spoilt.user = answer.user
                answer = spoilt
            }
        }
        await world.record(
            kind: door.rawValue, method: call.method, path: call.path, query: request.uri.query ?? "",
            user: answer.user,
            status: answer.status, isCounted: answer.isCounted)
        if answer.status == 0 { await context.disconnect() }
        return Self.response(answer, isHead: call.method == "HEAD")
    }

    /// Reads the request whole; `nil` when its body is larger than the limit.
    private func call(_ request: Request, path: String, prefix: Bool, limit: Int) async -> RESTCall? {
        guard let body = try? await request.body.collect(upTo: limit) else { return nil }
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.rawName.lowercased()] = field.value }
        var root = await world.root
        if let authority = request.head.authority, !authority.isEmpty { root = "http://\(authority)" }
        let segments = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        return RESTCall(
            method: request.method.rawValue, segments: segments,
            query: RESTCall.parse(query: request.uri.query ?? ""), headers: headers,
            bytes: Array(body.readableBytesView), addresses: Addresses(root: root, usesPrefix: prefix),
            numericPath: path)
    }

    static func response(_ answer: RESTAnswer, isHead: Bool) -> Response {
        var headers = HTTPFields()
        let payload = answer.payload
        headers[.contentType] = payload?.type
        headers[.cacheControl] = "private, max-age=60, s-maxage=60"
        for header in answer.headers + [
            HeaderLine(name: "X-GitHub-Request-Id", value: UUID().uuidString.replacing("-", with: ":")),
            HeaderLine(name: "X-GitHub-Media-Type", value: "github.v3; format=json"),
            HeaderLine(name: "Vary", value: "Accept, Authorization, Cookie, Accept-Encoding"),
        ] {
            if let name = HTTPField.Name(header.name) { headers[name] = header.value }
        }
        let body = payload.map { ResponseBody(byteBuffer: ByteBuffer(bytes: $0.bytes)) } ?? ResponseBody()
        let status = HTTPResponse.Status(code: answer.status == 0 ? 500 : answer.status)
        let response = Response(status: status, headers: headers, body: body)
        return isHead ? response.createHeadResponse() : response
    }
}

extension Fault {
    /// What the client gets instead; status 0 means nothing at all, `nil` that the answer is left alone.
    var answer: RESTAnswer? {
        switch action {
        case .disconnect: return RESTAnswer(status: 0)
        case .status(let code, let headers, let body):
            var answer = RESTAnswer(status: code, headers: headers)
            if let text = body?.text {
                answer.html = text
            } else if let body {
                answer.body = body
            } else if code >= 500 {
                answer.html = RESTAnswer.brokenDown(code).html
            } else if code != 204 {
                answer.body = ["message": .string("Fault \(id)")]
            }
            return answer
        default: return nil
        }
    }
}
