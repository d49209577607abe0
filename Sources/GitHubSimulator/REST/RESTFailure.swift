/// A refusal in GitHub's shape.
struct RESTFailure: Error, Sendable {
    let status: Int
    let message: String
    let errors: [JSON]
    let headers: [HeaderLine]

    init(_ status: Int, _ message: String, errors: [JSON] = [], headers: [HeaderLine] = []) {
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers
    }

    static let notFound = RESTFailure(404, "Not Found")
    static let badCredentials = RESTFailure(401, "Bad credentials")
    static let authenticationRequired = RESTFailure(401, "Requires authentication")
    static let notAdmin = RESTFailure(403, "Must have admin rights to Repository.")
    static let archived = RESTFailure(403, "Repository was archived so is read-only.")

    static func validation(_ errors: [JSON]) -> RESTFailure { RESTFailure(422, "Validation Failed", errors: errors) }

    /// One error with a sentence.
    static func custom(_ resource: String, field: String? = nil, _ message: String) -> RESTFailure {
        validation([customError(resource, field: field, message)])
    }

    static func customError(_ resource: String, field: String? = nil, _ message: String) -> JSON {
        let error: JSON = ["resource": .string(resource), "code": "custom"]
        return error.adding(field.map { ["field": .string($0)] } ?? [:]).adding(["message": .string(message)])
    }

    static func invalid(_ resource: String, field: String) -> RESTFailure {
        validation([["resource": .string(resource), "code": "invalid", "field": .string(field)]])
    }

    static func missing(_ resource: String, field: String) -> RESTFailure {
        validation([["resource": .string(resource), "code": "missing_field", "field": .string(field)]])
    }

    /// A member of the wrong type.
    static func wrongType(_ property: String, _ value: JSON, _ expected: String) -> RESTFailure {
        let shown = value == .null ? "nil" : value.encoded
        return RESTFailure(422, "Invalid request.\n\nFor 'properties/\(property)', \(shown) is not \(expected).")
    }

    static func notSupplied(_ name: String) -> RESTFailure {
        RESTFailure(422, "Invalid request.\n\n\"\(name)\" wasn't supplied.")
    }

    var answer: RESTAnswer {
        var body: JSON = ["message": .string(message)]
        if !errors.isEmpty { body = body.adding(["errors": .array(errors)]) }
        let end: JSON = ["documentation_url": "https://docs.github.com/rest", "status": .string(String(status))]
        return RESTAnswer(status: status, body: body.adding(end), headers: headers)
    }
}
