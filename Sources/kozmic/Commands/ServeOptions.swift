import ArgumentParser
import Foundation

/// The settings of the server: each a flag, else an environment variable, else a default.
///
/// The flags are optional here because the environment comes between them and their defaults; `ServeSettings` puts
/// the three together.
struct ServeOptions: ParsableArguments {
    @Option(help: "The admin repository: a path, file://, https:// or ssh:// (KOZMIC_CONFIG_REPO; required).")
    var configRepo: String?

    @Option(help: "The branch of it that is read (KOZMIC_CONFIG_BRANCH; default: the remote's HEAD).")
    var configBranch: String?

    @Option(help: "Where mirrors, the database and logs are kept (KOZMIC_DATA_DIR; default: /var/lib/kozmic).")
    var dataDir: String?

    @Option(help: "The address that is listened on (KOZMIC_LISTEN; default: 127.0.0.1:8080).")
    var listen: String?

    @Option(
        help: """
            Where people and GitHub reach this server, without a path: it needs a host of its own (KOZMIC_EXTERNAL_URL; \
            default: http:// and --listen).
            """)
    var externalURL: String?

    @Option(
        help: """
            A proxy on another machine, an address or a network such as 10.1.0.0/16, whose X-Forwarded-For is believed; \
            may be given several times (KOZMIC_TRUSTED_PROXIES, separated by commas; default: only this machine's).
            """)
    var trustedProxy: [String] = []

    @Option(
        name: .customLong("github-url"),
        help: "Where GitHub serves git and pages (KOZMIC_GITHUB_URL; default: https://github.com).")
    var gitHubURL: String?

    @Option(
        name: .customLong("github-api-url"),
        help: "Where GitHub's API is (KOZMIC_GITHUB_API_URL; default: https://api.github.com, or <github-url>/api/v3).")
    var gitHubAPIURL: String?

    @Option(
        name: .customLong("github-token-file"),
        help: "A file with the token (KOZMIC_GITHUB_TOKEN_FILE; or the token itself in KOZMIC_GITHUB_TOKEN).")
    var gitHubTokenFile: String?

    @Option(
        name: .customLong("oauth-client-id"),
        help: """
            The client id of the OAuth app (or GitHub App) that people sign in with; its callback address is \
            <external-url>/_auth/callback (KOZMIC_OAUTH_CLIENT_ID; default: nobody can sign in).
            """)
    var oauthClientID: String?

    @Option(
        name: .customLong("oauth-client-secret-file"),
        help: """
            A file with the app's client secret (KOZMIC_OAUTH_CLIENT_SECRET_FILE; or the secret itself in \
            KOZMIC_OAUTH_CLIENT_SECRET).
            """)
    var oauthClientSecretFile: String?

    @Flag(
        name: .customLong("no-github-pacing"),
        help: """
            Send requests as fast as they come; for a GitHub Enterprise Server whose rate limits are off \
            (KOZMIC_NO_GITHUB_PACING=1; default: below the limits that GitHub documents).
            """)
    var noGitHubPacing = false

    @Flag(
        help: """
            Whoever reaches this address may read everything, private projects too; for servers that only the right \
            people reach (KOZMIC_SHOW_PRIVATE=true; default: off).
            """)
    var showPrivate = false

    @Option(
        name: .customLong("github-app-id"),
        help: "The GitHub App to act as, in place of a token: its id (KOZMIC_GITHUB_APP_ID).")
    var gitHubAppID: String?

    @Option(
        name: .customLong("github-app-key-file"),
        help: "The private key of the app, a PEM file (KOZMIC_GITHUB_APP_KEY_FILE).")
    var gitHubAppKeyFile: String?

    @Option(help: "The Docker Engine (DOCKER_HOST; default: unix:///var/run/docker.sock).")
    var dockerHost: String?

    @Option(help: "How many jobs run at once (KOZMIC_MAX_JOBS; default: the number of cores).")
    var maxJobs: Int?

    @Option(
        help: """
            When the engine's disk is fuller than this, the cached images go that were used longest ago; off: they stay \
            (KOZMIC_CACHE_DISK_HIGH; default: 90%).
            """)
    var cacheDiskHigh: String?

    @Flag(
        help: """
            Run every job, also those of hooks with `reuse: tree` whose tree passed already (KOZMIC_NO_REUSE=1).
            """)
    var noReuse = false

    @Option(
        help: """
            How many prepared places wait for jobs, which then start sooner; 0 for none (KOZMIC_PREPARED_STARTS; \
            default: as many as jobs, at most 4).
            """)
    var preparedStarts: Int?

    @Option(
        help: """
            How many containers wait for the next jobs of the hooks that ran last; 0 for none (KOZMIC_STANDBY; \
            default: 2).
            """)
    var standby: Int?

    @Option(help: "How often everything is compared again, such as 3m (KOZMIC_SYNC_INTERVAL; default: 3m, jittered).")
    var syncInterval: String?

    @Option(
        help: """
            The key that all other secrets come from, a file that must be there (KOZMIC_SECRET_KEY_FILE; default: \
            secret.key in the data directory, made at the first start, mode 0600).
            """)
    var secretKeyFile: String?

    @Option(
        help: """
            A former secret key file, with which sealed secrets are still opened; may be given several times \
            (KOZMIC_OLD_SECRET_KEY_FILES, separated by colons).
            """)
    var oldSecretKeyFile: [String] = []

    @Option(help: "How events are logged: text, or json for one object a line (KOZMIC_LOG_FORMAT; default: text).")
    var logFormat: String?

    @Option(
        name: .customLong("smtp-url"),
        help: """
            The mail server: smtp://host:port, with STARTTLS, or smtps://host:port (KOZMIC_SMTP_URL; default: no mail is \
            sent).
            """)
    var smtpURL: String?

    @Option(help: "The sender of mail, a plain address (KOZMIC_MAIL_FROM; required with --smtp-url).")
    var mailFrom: String?

    @Option(name: .customLong("smtp-user"), help: "Who logs in to the mail server (KOZMIC_SMTP_USER; default: nobody).")
    var smtpUser: String?

    @Option(
        name: .customLong("smtp-password-file"),
        help: """
            A file with the password for that (KOZMIC_SMTP_PASSWORD_FILE; or the password itself in \
            KOZMIC_SMTP_PASSWORD).
            """)
    var smtpPasswordFile: String?

    @Flag(
        name: .customLong("smtp-plain"),
        help: """
            Send mail without TLS where the mail server offers none; a password never goes that way, except to this \
            machine (KOZMIC_SMTP_PLAIN=true; default: off, and allowed on loopback).
            """)
    var smtpPlain = false

    @Option(help: "More certificates to trust, a PEM file (KOZMIC_CA_FILE; default: the system's).")
    var caFile: String?
}
