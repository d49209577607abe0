import Controller
import Foundation
import Model

extension ServeSettings {
    /// How mail is sent; `nil` when no mail server is named.
    static func mail(
        url: String?, from: String?, user: String?, password: String?, isPlain: Bool
    ) throws -> MailSettings? {
        guard let url else {
            guard from == nil, user == nil, password == nil else {
                throw SettingProblem.usage("--smtp-url (KOZMIC_SMTP_URL) is missing: other settings of mail are there")
            }
            return nil
        }
        guard let address = URL(string: url), let scheme = address.scheme?.lowercased(),
            ["smtp", "smtps"].contains(scheme), let host = address.host(), !host.isEmpty, address.user() == nil,
            address.password() == nil, address.query() == nil, address.fragment() == nil,
            ["", "/"].contains(address.path())
        else {
            throw SettingProblem.usage(
                "--smtp-url (KOZMIC_SMTP_URL) must be smtp://HOST:PORT or smtps://HOST:PORT; "
                    + "--smtp-user and --smtp-password-file say who logs in")
        }
        guard let from else {
            throw SettingProblem.usage("--mail-from (KOZMIC_MAIL_FROM) is missing: who sends the mail?")
        }
        guard let sender = MailAddress(from) else {
            throw SettingProblem.usage("--mail-from (KOZMIC_MAIL_FROM) must be a plain address such as ci@example.org")
        }
        guard (user == nil) == (password == nil) else {
            throw SettingProblem.usage(
                user == nil
                    ? "--smtp-user (KOZMIC_SMTP_USER) is missing; its password is there"
                    : "--smtp-password-file (or KOZMIC_SMTP_PASSWORD) is missing; the user is there")
        }
        let isLoopback = host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
        return MailSettings(
            url: url, from: sender, user: user, password: password,
            requiresTLS: scheme == "smtp" && !isPlain && !isLoopback)
    }
}
