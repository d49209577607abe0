import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Serves git over HTTP. Bodies are streamed in both directions; a push is announced before its answer ends, so that
/// a client that has pushed finds the deliveries on their way.
struct GitService: Sendable {
    let world: World
    let git: GitRunner

    func respond(to wanted: GitRequest, _ request: Request, _ context: ConnectionContext) async throws -> Response {
        let method = request.method.rawValue
        let fault = await world.takeFault(method: method, path: wanted.path)
        if case .delay(let time) = fault?.action { try? await Task.sleep(for: time) }
        if let fault, !fault.isAfter, let spoilt = fault.answer {
            return await finish(wanted, method, spoilt, user: nil, context)
        }
        let authorization = request.headers[.authorization]
        switch await world.gitAccess(wanted, authorization: authorization) {
        case .refused(let status, let message, let headers, let user):
            let answer = RESTAnswer(status: status, plain: message + "\n", headers: headers)
            return await finish(wanted, method, answer, user: user, context)
        case .granted(let repository, let user, let lock):
            let exchange = BackendExchange(
                git: git, repository: repository, wanted: wanted, method: method, user: user,
                contentType: request.headers[.contentType] ?? "",
                encoding: request.headers[.contentEncoding] ?? "",
                protocolVersion: HTTPField.Name("Git-Protocol").flatMap { request.headers[$0] })
            let body = request.body
            if let fault, fault.isAfter, let spoilt = fault.answer {
                try await carryOut(exchange, body, lock) { _ in }
                return await finish(wanted, method, spoilt, user: user, context)
            }
            await record(wanted, method, status: 200, user: user)
            let kind = wanted.isAdvertisement ? "advertisement" : "result"
            return Response(
                status: .ok,
                headers: [.contentType: "application/x-\(wanted.service)-\(kind)", .cacheControl: "no-cache"],
                body: ResponseBody { writer in
                    try await carryOut(exchange, body, lock) { try await writer.write($0) }
                    try await writer.finish(nil)
                })
        }
    }

    private func carryOut(
        _ exchange: BackendExchange, _ body: RequestBody, _ lock: RepositoryLock,
        write: (ByteBuffer) async throws -> Void
    ) async throws {
        guard exchange.wanted.isPush, !exchange.wanted.isAdvertisement, let user = exchange.user else {
            return try await exchange.run(body, write: write)
        }
        await lock.acquire()
        defer { lock.release() }
        let before = try await git.references(exchange.repository)
        let outcome: (any Error)?
        do {
            try await exchange.run(body, write: write)
            outcome = nil
        } catch {
            outcome = error
        }
        // In a task of its own: what moved has moved, even if the client has gone away and this one is cancelled.
        let world = world
        let announcement = Task { try await world.announcePush(to: exchange.repository, since: before, by: user) }
        try await announcement.value
        if let outcome { throw outcome }
    }

    private func finish(
        _ wanted: GitRequest, _ method: String, _ answer: RESTAnswer, user: String?, _ context: ConnectionContext
    ) async -> Response {
        await record(wanted, method, status: answer.status, user: user)
        if answer.status == 0 { await context.disconnect() }
        return FrontDoor.response(answer, isHead: false)
    }

    private func record(_ wanted: GitRequest, _ method: String, status: Int, user: String?) async {
        await world.record(
            kind: "git", method: method, path: wanted.path, query: wanted.query, user: user, status: status,
            isCounted: false)
    }
}
