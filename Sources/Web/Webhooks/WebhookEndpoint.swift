import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import Store

/// `POST /_hooks/<owner>/<repo>/<hook>`: checks the signature over the raw bytes, stores the delivery durably, answers
/// 202. Nothing else happens before the answer: GitHub waits ten seconds and never asks again.
struct WebhookEndpoint: Sendable {
    var store: Store
    var directory: WebhookDirectory
    var logger: Logger

    /// GitHub's own limit for a payload.
    static let maximumBytes = 25 << 20

    func add(to router: Router<WebContext>) {
        router.post("_hooks/{owner}/{repo}/{hook}") { request, context in
            let owner = try context.parameters.require("owner")
            let repo = try context.parameters.require("repo")
            let hook = try context.parameters.require("hook")
            return try await accept(request, owner, repo, hook: hook)
        }
        // The admin repository's own webhook, apart from those of projects: it may be a project as well.
        router.post("_config/{owner}/{repo}") { request, context in
            let owner = try context.parameters.require("owner")
            let repo = try context.parameters.require("repo")
            return try await accept(request, owner, repo, hook: nil)
        }
        router.post("_events") { request, _ in try await acceptAccountEvent(request) }
    }

    private func accept(
        _ request: Request, _ owner: String, _ repository: String, hook: String?
    ) async throws -> Response {
        if isTooLarge(request) { return tooLarge }
        guard let entry = try await directory.entry(owner: owner, repository: repository, hook: hook) else {
            return refuse(.notFound, "no such webhook")
        }
        let body: [UInt8]
        switch try await self.body(request) {
        case .bytes(let bytes): body = bytes
        case .refused(let response): return response
        }
        guard try await isSigned(request, body, entry) else {
            await noteRefusal(request, entry.name)
            return refuse(.unauthorized, "the signature is missing or wrong")
        }
        guard let guid = value(request, .gitHubDelivery), let event = value(request, .gitHubEvent) else {
            return refuse(.badRequest, "X-GitHub-Delivery and X-GitHub-Event are needed, each with 1 to 100 characters")
        }
        guard let payload = WebhookPayload.json(body, contentType: request.headers[.contentType]) else {
            return refuse(.badRequest, "the payload is not a JSON object")
        }
        return try await store(
            NewDelivery(
                repository: entry.name.repository, hook: entry.name.hook, guid: guid, event: event, payload: payload))
    }

    /// Before anything is read: a body that is too large need not come in.
    func isTooLarge(_ request: Request) -> Bool {
        request.headers[.contentLength].flatMap { Int($0) }.map { $0 > Self.maximumBytes } ?? false
    }

    /// A payload, or the answer to what cannot be one.
    enum Body {
        case bytes([UInt8])
        case refused(Response)
    }

    /// Reads it whole.
    func body(_ request: Request) async throws -> Body {
        do {
            return .bytes(try await request.bytes(upTo: Self.maximumBytes))
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return .refused(tooLarge)
        } catch let error as HTTPError {
            // GitHub sends it once; everybody may send such a thing.
            logger.info("a delivery's body cannot be read", metadata: ["path": "\(request.uri.path)"])
            return .refused(refuse(error.status, "the body cannot be read"))
        }
    }

    var tooLarge: Response { refuse(.contentTooLarge, "a payload has at most 25 MB") }

    private func isSigned(_ request: Request, _ body: [UInt8], _ entry: WebhookDirectory.Entry) async throws -> Bool {
        guard let signature = WebhookSignature(request.headers) else { return false }
        let time = store.time
        if entry.secrets.contains(at: time, where: { signature.isValid(body: body, secret: $0) }) { return true }
        return try await directory.currentSecrets(entry.name)
            .contains(at: time) { signature.isValid(body: body, secret: $0) }
    }

    /// When GitHub's own webhook signs otherwise, somebody changed its secret there, and it is set again. Everybody can
    /// claim to be GitHub: the claim is worth one look at a row.
    private func noteRefusal(_ request: Request, _ name: WebhookName) async {
        logger.notice("a delivery with a wrong signature", metadata: ["hook": "\(name.repository)/\(name.hook)"])
        guard request.headers[.hubSignature] != nil, let id = value(request, .gitHubHookID).flatMap({ Int64($0) })
        else { return }
        do {
            if try await store.noteRefusedDelivery(name.repository, name.hook, githubID: id) {
                logger.notice(
                    "GitHub signs with another secret, so it is set again",
                    metadata: ["hook": "\(name.repository)/\(name.hook)"])
            }
        } catch {
            logger.error("a refused delivery could not be noted: \(error)")
        }
    }

    func store(_ delivery: NewDelivery) async throws -> Response {
        do throws(StoreError) {
            let isNew = try await store.inbox.store(delivery)
            return accepted(delivery.guid, isNew ? "stored" : "repeat")
        } catch .invalid(let why) {
            return refuse(.badRequest, why)
        } catch {
            logger.error("a delivery could not be stored: \(error)")
            return JSONResponse.make(
                ["message": "the delivery could not be stored; try again"], status: .serviceUnavailable,
                headers: [.retryAfter: "5"])
        }
    }

    /// Written by hand: an encoder takes longer than storing the delivery.
    private func accepted(_ guid: String, _ result: String) -> Response {
        // Printable ASCII, see `value`.
        let isPlain = guid.utf8.allSatisfy { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        let guid = isPlain ? guid : guid.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return Response(
            status: .accepted,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"delivery":"\#(guid)","result":"\#(result)"}"#)))
    }

    /// Short, printable header values only: they are stored and shown.
    func value(_ request: Request, _ name: HTTPField.Name) -> String? {
        guard let value = request.headers[name], (1...100).contains(value.utf8.count),
            value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return value
    }

    func refuse(_ status: HTTPResponse.Status, _ message: String) -> Response {
        JSONResponse.make(["message": message], status: status)
    }
}
