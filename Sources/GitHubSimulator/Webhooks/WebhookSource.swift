/// What a webhook belongs to.
enum WebhookSource {
    case repository(Repository)
    case organization(Account)
    case app(AppRegistration)

    var id: Int64 {
        switch self {
        case .repository(let repository): repository.id
        case .organization(let organization): organization.id
        case .app(let app): app.id
        }
    }

    /// What a fault calls it.
    var name: String {
        switch self {
        case .repository(let repository): repository.fullName
        case .organization(let organization): organization.login
        case .app(let app): app.slug
        }
    }

    /// As the headers of a delivery call it.
    var type: String {
        switch self {
        case .repository: "repository"
        case .organization: "organization"
        case .app: "integration"
        }
    }
}
