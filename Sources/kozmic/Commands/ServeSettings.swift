import Controller
import Foundation
import GitHub
import Model
import Web

/// The settings of the server after flags, environment and defaults were put together and checked.
struct ServeSettings: Sendable {
    var configRepository: String
    var configBranch: String?
    var dataDirectory: String
    var host: String
    var port: Int
    var externalURL: String
    var proxies: TrustedProxies
    var gitHubURL: String
    var gitHubAPIURL: String
    var gitHubToken: String?
    /// The same, and what its file holds later on.
    private(set) var gitHubTokens: GitHubTokenSource?
    var oauthClientID: String?
    var oauthClientSecret: String?
    var gitHubPacing: GitHubPacing
    /// In place of a token.
    var gitHubApp: GitHubApp?
    var showsPrivate: Bool
    var dockerHost: String
    var maximumJobs: Int
    var cacheDiskHigh: Double?
    var reusesVerdicts: Bool
    var preparedStarts: Int
    var standbys: Int
    var syncInterval: Duration
    var secretKeyFile: String
    var oldSecretKeys: [SecretKey]
    var logFormat: LogFormat
    var caFile: String?
    /// `nil` when no mail is sent.
    var mail: MailSettings?
    /// Files with secrets that other accounts of this machine can read.
    var openFiles: [String]

    /// - Throws: `SettingProblem` for the first setting that is missing or wrong, or names a file that cannot be read.
    init(_ options: ServeOptions, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func value(_ flag: String?, _ variable: String) -> String? {
            [flag, environment[variable]].compactMap { $0 }.first { !$0.isEmpty }
        }
        guard let repository = value(options.configRepo, "KOZMIC_CONFIG_REPO") else {
            throw SettingProblem.usage("--config-repo (KOZMIC_CONFIG_REPO) is missing: where is the admin repository?")
        }
        configRepository = try Self.repository(repository)
        configBranch = value(options.configBranch, "KOZMIC_CONFIG_BRANCH")
        dataDirectory = Self.absolute(value(options.dataDir, "KOZMIC_DATA_DIR") ?? "/var/lib/kozmic")
        let listen = value(options.listen, "KOZMIC_LISTEN") ?? "127.0.0.1:8080"
        (host, port) = try Self.address(listen)
        externalURL = try Self.url(
            value(options.externalURL, "KOZMIC_EXTERNAL_URL") ?? "http://\(listen)", "--external-url")
        try Self.checkRoot(externalURL)
        let named = environment["KOZMIC_TRUSTED_PROXIES"]?.split(separator: ",").map(String.init) ?? []
        proxies = try Self.proxies(options.trustedProxy.isEmpty ? named : options.trustedProxy)
        gitHubURL = try Self.url(value(options.gitHubURL, "KOZMIC_GITHUB_URL") ?? "https://github.com", "--github-url")
        let defaultAPI = gitHubURL == "https://github.com" ? "https://api.github.com" : gitHubURL + "/api/v3"
        gitHubAPIURL = try Self.url(
            value(options.gitHubAPIURL, "KOZMIC_GITHUB_API_URL") ?? defaultAPI, "--github-api-url")
        let tokenFile = value(options.gitHubTokenFile, "KOZMIC_GITHUB_TOKEN_FILE")
        gitHubToken = try Self.secret(
            file: tokenFile, value: value(nil, "KOZMIC_GITHUB_TOKEN"), "--github-token-file")
        gitHubTokens = gitHubToken.map { Self.tokens($0, file: tokenFile) }
        oauthClientID = value(options.oauthClientID, "KOZMIC_OAUTH_CLIENT_ID")
        oauthClientSecret = try Self.secret(
            file: value(options.oauthClientSecretFile, "KOZMIC_OAUTH_CLIENT_SECRET_FILE"),
            value: value(nil, "KOZMIC_OAUTH_CLIENT_SECRET"), "--oauth-client-secret-file")
        if (oauthClientID == nil) != (oauthClientSecret == nil) {
            throw SettingProblem.usage(
                oauthClientID == nil
                    ? "--oauth-client-id (KOZMIC_OAUTH_CLIENT_ID) is missing; its secret is there"
                    : "--oauth-client-secret-file (or KOZMIC_OAUTH_CLIENT_SECRET) is missing; the client id is there")
        }
        let isUnpaced =
            try options.noGitHubPacing
            || Self.flag(value(nil, "KOZMIC_NO_GITHUB_PACING") ?? "false", "KOZMIC_NO_GITHUB_PACING")
        gitHubPacing = isUnpaced ? .unlimited : GitHubPacing()
        showsPrivate =
            try options.showPrivate
            || Self.flag(value(nil, "KOZMIC_SHOW_PRIVATE") ?? "false", "KOZMIC_SHOW_PRIVATE")
        gitHubApp = try Self.app(
            id: value(options.gitHubAppID, "KOZMIC_GITHUB_APP_ID"),
            keyFile: value(options.gitHubAppKeyFile, "KOZMIC_GITHUB_APP_KEY_FILE"))
        if gitHubApp != nil, gitHubToken != nil {
            throw SettingProblem.usage(
                "a GitHub token and a GitHub App: leave out --github-token-file (KOZMIC_GITHUB_TOKEN) or --github-app-id"
            )
        }
        dockerHost = value(options.dockerHost, "DOCKER_HOST") ?? "unix:///var/run/docker.sock"
        try EngineOption.check(dockerHost)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        if let jobs = options.maxJobs?.description ?? value(nil, "KOZMIC_MAX_JOBS") {
            guard let count = Int(jobs), (1...1000).contains(count) else {
                throw SettingProblem.usage(
                    "--max-jobs (KOZMIC_MAX_JOBS) must be a number from 1 to 1000, not '\(jobs)'")
            }
            maximumJobs = count
        } else {
            maximumJobs = cores
        }
        cacheDiskHigh = try Self.share(
            value(options.cacheDiskHigh, "KOZMIC_CACHE_DISK_HIGH") ?? "90%",
            "--cache-disk-high (KOZMIC_CACHE_DISK_HIGH)")
        reusesVerdicts = try !options.noReuse && !Self.flag(value(nil, "KOZMIC_NO_REUSE") ?? "false", "KOZMIC_NO_REUSE")
        if let starts = options.preparedStarts?.description ?? value(nil, "KOZMIC_PREPARED_STARTS") {
            guard let count = Int(starts), (0...64).contains(count) else {
                throw SettingProblem.usage(
                    "--prepared-starts (KOZMIC_PREPARED_STARTS) must be a number from 0 to 64, not '\(starts)'")
            }
            preparedStarts = count
        } else {
            preparedStarts = min(maximumJobs, 4)
        }
        let standby = options.standby?.description ?? value(nil, "KOZMIC_STANDBY") ?? "2"
        guard let count = Int(standby), (0...64).contains(count) else {
            throw SettingProblem.usage("--standby (KOZMIC_STANDBY) must be a number from 0 to 64, not '\(standby)'")
        }
        standbys = count
        let interval = value(options.syncInterval, "KOZMIC_SYNC_INTERVAL") ?? "3m"
        syncInterval = try Self.duration(interval, "--sync-interval (KOZMIC_SYNC_INTERVAL)")
        secretKeyFile = value(options.secretKeyFile, "KOZMIC_SECRET_KEY_FILE") ?? dataDirectory + "/secret.key"
        let oldFiles = environment["KOZMIC_OLD_SECRET_KEY_FILES"]?.split(separator: ":").map(String.init) ?? []
        oldSecretKeys = try (options.oldSecretKeyFile.isEmpty ? oldFiles : options.oldSecretKeyFile)
            .map(SecretKeyFile.read)
        let format = value(options.logFormat, "KOZMIC_LOG_FORMAT") ?? "text"
        guard let known = LogFormat(rawValue: format) else {
            throw SettingProblem.usage("--log-format (KOZMIC_LOG_FORMAT) must be text or json, not '\(format)'")
        }
        logFormat = known
        caFile = try CAFile.checked(value(options.caFile, "KOZMIC_CA_FILE"))
        mail = try Self.mail(
            url: value(options.smtpURL, "KOZMIC_SMTP_URL"), from: value(options.mailFrom, "KOZMIC_MAIL_FROM"),
            user: value(options.smtpUser, "KOZMIC_SMTP_USER"),
            password: Self.secret(
                file: value(options.smtpPasswordFile, "KOZMIC_SMTP_PASSWORD_FILE"),
                value: value(nil, "KOZMIC_SMTP_PASSWORD"), "--smtp-password-file"),
            isPlain: options.smtpPlain
                || Self.flag(value(nil, "KOZMIC_SMTP_PLAIN") ?? "false", "KOZMIC_SMTP_PLAIN"))
        openFiles = [
            value(options.gitHubTokenFile, "KOZMIC_GITHUB_TOKEN_FILE"),
            value(options.gitHubAppKeyFile, "KOZMIC_GITHUB_APP_KEY_FILE"),
            value(options.oauthClientSecretFile, "KOZMIC_OAUTH_CLIENT_SECRET_FILE"),
            value(options.smtpPasswordFile, "KOZMIC_SMTP_PASSWORD_FILE"),
        ].compactMap(\.self).filter(Self.isOpen)
    }

    private static func address(_ text: String) throws -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port), colon != text.startIndex
        else { throw SettingProblem.usage("--listen (KOZMIC_LISTEN) must be HOST:PORT, not '\(text)'") }
        let host = text[..<colon].trimmingPrefix("[")
        return (String(host.hasSuffix("]") ? host.dropLast() : host), port)
    }

    private static func proxies(_ texts: [String]) throws -> TrustedProxies {
        var proxies = TrustedProxies.loopback
        for text in texts.map({ $0.trimmingCharacters(in: .whitespaces) }) where !proxies.add(text) {
            throw SettingProblem.usage(
                "--trusted-proxy (KOZMIC_TRUSTED_PROXIES) must be an address or a network such as 10.1.0.0/16, "
                    + "not '\(text)'")
        }
        return proxies
    }

    private static func url(_ text: String, _ flag: String) throws -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host() != nil, url.query() == nil, url.fragment() == nil, url.user() == nil
        else { throw SettingProblem.usage("\(flag) must be an http or https address without user, query and fragment") }
        return text
    }

    /// `90s`, `3m`, `1h`, from a second to a day.
    static func duration(_ text: String, _ flag: String) throws -> Duration {
        let units = ["s": 1, "m": 60, "h": 3600]
        guard let unit = units[String(text.suffix(1))], let count = Int(text.dropLast()),
            (1...86400).contains(count), count * unit <= 86400
        else {
            throw SettingProblem.usage("\(flag) must be a duration such as 90s, 3m or 1h, at most a day, not '\(text)'")
        }
        return .seconds(count * unit)
    }

    static func flag(_ text: String, _ variable: String) throws -> Bool {
        switch text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw SettingProblem.usage("\(variable) must be true or false, not '\(text)'")
        }
    }

    /// `85%`, from 1 to 100; `off` is `nil`.
    private static func share(_ text: String, _ flag: String) throws -> Double? {
        if text == "off" { return nil }
        guard text.hasSuffix("%"), let percent = Int(text.dropLast()), (1...100).contains(percent) else {
            throw SettingProblem.usage("\(flag) must be a percentage such as 85%, or off, not '\(text)'")
        }
        return Double(percent) / 100
    }

    private static func tokens(_ token: String, file: String?) -> GitHubTokenSource {
        guard let file else { return GitHubTokenSource(GitHubToken(token)) }
        return GitHubTokenSource(GitHubToken(token)) {
            GitHubToken(try secret(file: file, value: nil, "--github-token-file") ?? "")
        }
    }

    private static func secret(file: String?, value: String?, _ flag: String) throws -> String? {
        guard let file else { return value?.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard let data = FileManager.default.contents(atPath: file), data.count <= 64 << 10 else {
            throw SettingProblem("\(flag): \(file) cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw SettingProblem("\(flag): \(file) is empty") }
        guard !text.contains(where: \.isNewline) else {
            throw SettingProblem("\(flag): \(file) holds more than one line")
        }
        return text
    }
}
