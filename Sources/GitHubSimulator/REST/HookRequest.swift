import Foundation

/// What a request says about a webhook, checked as GitHub checks it.
struct HookRequest {
    /// Of one event a repository has no more than this many webhooks.
    static let limit = 20

    /// Reads a whole `config`: what is not named takes its default, a secret that is not named is none.
    static func config(_ json: JSON) throws(RESTFailure) -> Webhook.Config {
        guard json.members != nil else { throw .wrongType("config", json, "an object") }
        guard let url = json["url"]?.text, !url.isEmpty else {
            throw .custom("Hook", "Config must contain URL for webhooks")
        }
        return try merged(json, into: Webhook.Config(url: url))
    }

    /// Reads the named members of a `config` over those that are there.
    static func merged(_ json: JSON, into old: Webhook.Config) throws(RESTFailure) -> Webhook.Config {
        var config = old
        if let url = json["url"] {
            guard let text = url.text, isValid(url: text) else {
                throw .custom(
                    "Hook", field: "url",
                    "The URL you've entered is not valid. Please make sure that you encode all special characters first"
                )
            }
            config.url = text
        }
        if let type = json["content_type"] {
            guard let text = type.text, ["json", "form"].contains(text) else {
                throw .custom("Hook", field: "content_type", "content_type must be either json or form")
            }
            config.contentType = text
        }
        if let flag = json["insecure_ssl"] {
            guard let text = flag.text ?? flag.number.map(String.init), ["0", "1"].contains(text) else {
                throw .custom("Hook", field: "insecure_ssl", "insecure_ssl must be either 0 or 1")
            }
            config.insecureSSL = text
        }
        if let secret = json["secret"] {
            guard secret == .null || secret.text != nil else { throw .wrongType("config/secret", secret, "a string") }
            config.secret = secret.text
        }
        return config
    }

    private static func isValid(url: String) -> Bool {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            url.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return false }
        return ["http", "https"].contains(scheme) && parts.host?.isEmpty == false
    }

    /// Every event must be known, and there must be at least one.
    static func check(events: [String], ofOrganization: Bool = false) throws(RESTFailure) {
        let unknown = events.filter { event in
            !WebhookEvents.names.contains(event) && !(ofOrganization && WebhookEvents.ofAccounts.contains(event))
        }
        guard unknown.isEmpty else {
            throw .validation(
                unknown.map { RESTFailure.customError("Hook", field: "events", "\"\($0)\" is not a valid event") })
        }
        guard !events.isEmpty else { throw .custom("Hook", field: "events", "events can't be blank") }
    }

    /// No second webhook with the same config and an event in common, no more than the limit for any event.
    static func check(
        _ config: Webhook.Config, events: [String], against others: [Webhook]
    ) throws(RESTFailure) {
        if others.contains(where: { $0.config.collides(with: config) && $0.overlaps(events) }) {
            throw .custom("Hook", "Hook already exists on this repository")
        }
        let crowded = events.filter { event in others.count { $0.events.contains(event) } >= limit }
        guard crowded.isEmpty else {
            throw .validation(
                crowded.map {
                    RESTFailure.customError("Hook", "The \"\($0)\" event cannot have more than \(limit) hooks")
                })
        }
    }
}

/// The events that webhooks can listen to.
enum WebhookEvents {
    /// More than a repository's, for those of organizations and apps.
    static let ofAccounts: Set<String> = ["membership", "org_block", "organization", "team"]

    /// A repository's.
    static let names: Set<String> = [
        "*", "branch_protection_configuration", "branch_protection_rule", "check_run", "check_suite",
        "code_scanning_alert", "commit_comment", "create", "custom_property_values", "delete", "dependabot_alert",
        "deploy_key", "deployment", "deployment_review", "deployment_status", "discussion", "discussion_comment",
        "fork", "gollum", "issue_comment", "issues", "label", "member", "merge_group", "meta", "milestone", "package",
        "page_build", "ping", "project", "project_card", "project_column", "public", "pull_request",
        "pull_request_review", "pull_request_review_comment", "pull_request_review_thread", "push",
        "registry_package", "release", "repository", "repository_advisory", "repository_dispatch",
        "repository_import", "repository_ruleset", "repository_vulnerability_alert", "secret_scanning_alert",
        "secret_scanning_alert_location", "security_and_analysis", "star", "status", "sub_issues", "team_add",
        "watch", "workflow_dispatch", "workflow_job", "workflow_run",
    ]
}
