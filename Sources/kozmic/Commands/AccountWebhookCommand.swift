import ArgumentParser
import Foundation
import Model

/// `kozmic account-webhook`
struct AccountWebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account-webhook",
        abstract: "Print what the webhook of an organization, or of a GitHub App, is made with.",
        discussion: """
            GitHub tells only such webhooks who joins or leaves a team or an organization. With one, roles follow at \
            once; without one they follow within ten minutes. Make it at github.com/organizations/NAME/settings/hooks, \
            or on the page of your GitHub App under Webhook. 'kozmic doctor' says whether it is there.

            The secret is printed: it is derived from the server's secret key, and one for all organizations.
            """)

    @OptionGroup var options: ServeOptions

    @Option(help: "text or json")
    var output = OutputFormat.text

    private struct Webhook: Encodable {
        var url: String
        var contentType = "application/json"
        var secret: String
        var events: [String]
    }

    func run() async throws {
        try await attempt("kozmic account-webhook") {
            var options = options
            // The admin repository is not read.
            options.configRepo = options.configRepo ?? "/"
            let settings = try ServeSettings(options)
            guard FileManager.default.fileExists(atPath: settings.secretKeyFile) else {
                throw SettingProblem(
                    "there is no \(settings.secretKeyFile): start kozmic serve once, or set --secret-key-file or "
                        + "--data-dir")
            }
            let key = try SecretKeyFile.read(settings.secretKeyFile)
            let webhook = Webhook(
                url: settings.accountWebhookURL, secret: key.accountWebhookSecret, events: AccessEvent.ofAccounts)
            switch output {
            case .json: try Print.json(webhook)
            case .text:
                print("Payload URL   \(webhook.url)")
                print("Content type  \(webhook.contentType)")
                print("Secret        \(webhook.secret)")
                print("Events        \(webhook.events.joined(separator: ", "))")
            }
        }
    }
}

extension ServeSettings {
    /// Where webhooks of organizations and of apps point.
    var accountWebhookURL: String { "\(externalURL)/_events" }
}
