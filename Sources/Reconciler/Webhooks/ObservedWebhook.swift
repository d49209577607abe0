/// A webhook that GitHub has.
public struct ObservedWebhook: Sendable, Hashable, Codable {
    /// GitHub's number.
    public var id: Int64
    /// Where GitHub sends deliveries.
    public var url: String
    /// The events, sorted.
    public var events: [String]
    /// Whether GitHub sends anything.
    public var active: Bool
    /// `json` or `form`.
    public var contentType: String
    /// `"0"`: the certificate of the address is verified.
    public var insecureSSL: String
    /// The hash of the secret that we last gave it; `nil` when it has none, or when that was not us. GitHub itself
    /// never tells a secret.
    public var secretFingerprint: String?

    /// Memberwise; the events are sorted.
    public init(
        id: Int64, url: String, events: [String], active: Bool = true, contentType: String = "json",
        insecureSSL: String = "0", secretFingerprint: String?
    ) {
        self.id = id
        self.url = url
        self.events = events.sorted()
        self.active = active
        self.contentType = contentType
        self.insecureSSL = insecureSSL
        self.secretFingerprint = secretFingerprint
    }

    /// What must be changed to make it the wanted one; empty when it is.
    public func changes(to desired: DesiredWebhook) -> [FieldChange] {
        var changes: [FieldChange] = []
        func compare(_ field: String, _ old: String, _ new: String) {
            if old != new { changes.append(FieldChange(field: field, old: old, new: new)) }
        }
        compare("url", url, desired.url)
        compare("events", events.joined(separator: ", "), desired.events.joined(separator: ", "))
        compare("active", "\(active)", "true")
        compare("content_type", contentType, "json")
        compare("insecure_ssl", insecureSSL, "0")
        if secretFingerprint != desired.secretFingerprint { changes.append(.secret) }
        return changes
    }
}
