/// One element of a refusal's `errors`: sometimes an object, sometimes a plain string.
public struct GitHubFieldError: Sendable, Hashable, Decodable, CustomStringConvertible {
    /// Such as `Hook`.
    public var resource: String?
    /// Such as `name`.
    public var field: String?
    /// Such as `missing_field`, `invalid`, `already_exists`, `custom`.
    public var code: String?
    /// GitHub's words; for `custom` the only part that tells anything.
    public var message: String?

    private enum CodingKeys: String, CodingKey { case resource, field, code, message }

    /// Memberwise.
    public init(resource: String? = nil, field: String? = nil, code: String? = nil, message: String? = nil) {
        self.resource = resource
        self.field = field
        self.code = code
        self.message = message
    }

    /// Takes an object or a string; parts of another type count as missing.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(message: text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            resource: try? container.decode(String.self, forKey: .resource),
            field: try? container.decode(String.self, forKey: .field),
            code: try? container.decode(String.self, forKey: .code),
            message: try? container.decode(String.self, forKey: .message))
    }

    public var description: String {
        if let message { return message }
        let place = [resource, field].compactMap(\.self).joined(separator: ".")
        let parts = [place, code?.replacing("_", with: " ") ?? ""].filter { !$0.isEmpty }
        return parts.isEmpty ? "not valid" : parts.joined(separator: ": ")
    }
}
