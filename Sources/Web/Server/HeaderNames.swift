import HTTPTypes

/// The names of headers that HTTPTypes does not know.
extension HTTPField.Name {
    static let hubSignature = known("X-Hub-Signature-256")
    static let gitHubDelivery = known("X-GitHub-Delivery")
    static let gitHubHookID = known("X-GitHub-Hook-ID")
    static let gitHubEvent = known("X-GitHub-Event")
    static let lastEventID = known("Last-Event-ID")
    static let accelBuffering = known("X-Accel-Buffering")
    static let forwardedFor = known("X-Forwarded-For")
    static let referrerPolicy = known("Referrer-Policy")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a header's name: \(name)") }
        return name
    }
}
