import HTTPTypes
import Hummingbird
import Logging
import Model
import Store

/// `POST /_events`: what webhooks of organizations and of GitHub Apps send, which people make by hand.
extension WebhookEndpoint {
    /// Only what is about access is stored. An app may be subscribed to pushes as well; builds come from the hooks' own
    /// webhooks.
    func acceptAccountEvent(_ request: Request) async throws -> Response {
        if isTooLarge(request) { return tooLarge }
        let body: [UInt8]
        switch try await self.body(request) {
        case .bytes(let bytes): body = bytes
        case .refused(let response): return response
        }
        guard let signature = WebhookSignature(request.headers),
            directory.accountSecrets.contains(where: { signature.isValid(body: body, secret: $0) })
        else {
            logger.notice("a delivery with a wrong signature", metadata: ["hook": "\(HookID.account)"])
            return refuse(
                .unauthorized,
                "the signature is missing or wrong; 'kozmic account-webhook' prints the secret to be set on GitHub")
        }
        guard let guid = value(request, .gitHubDelivery), let event = value(request, .gitHubEvent) else {
            return refuse(.badRequest, "X-GitHub-Delivery and X-GitHub-Event are needed, each with 1 to 100 characters")
        }
        guard let payload = WebhookPayload.json(body, contentType: request.headers[.contentType]) else {
            return refuse(.badRequest, "the payload is not a JSON object")
        }
        let name: RepositoryName?
        do throws(PayloadError) {
            let kind = AccessEvent(rawValue: event)
            name = if let kind { try AccountEvent.parse(kind, payload)?.filing } else { nil }
        } catch {
            return refuse(.badRequest, "the payload could not be read: \(error)")
        }
        guard let name else {
            return JSONResponse.make(["delivery": guid, "result": "not needed"], status: .accepted)
        }
        return try await store(
            NewDelivery(repository: name, hook: .account, guid: guid, event: event, payload: payload))
    }
}
