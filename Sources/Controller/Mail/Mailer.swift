import Curl
import Foundation
import Logging
import Model
import ServiceLifecycle
import Store

/// Ends of builds → letters → a mail server, which is asked until it took each letter or a day has passed.
///
/// A letter is the same in every try, its identifier included. When the controller dies between a server's "taken" and
/// our note of it, the letter is sent again, and the identifier lets the mail system drop the second one.
public struct Mailer: Service {
    private let configuration: ControllerConfiguration
    private let settings: MailSettings?
    private let store: Store
    private let client: CurlClient
    private let logger: Logger
    private let backoff: Backoff
    private let patience: TimeInterval
    private let timeouts: CurlTimeouts

    private static let mostTroubles = 5
    private static let mostTails = 3

    /// Mail about builds that ended so long ago helps nobody.
    public static let patience: TimeInterval = 86_400

    /// - Parameter client: what reaches the mail server. Without `configuration.mail` nothing is sent, and what there is
    ///   to tell is forgotten.
    public init(configuration: ControllerConfiguration, store: Store, client: CurlClient, logger: Logger) {
        self.init(
            configuration: configuration, store: store, client: client, logger: logger,
            backoff: Backoff(first: .seconds(15), longest: .seconds(1800)), patience: Self.patience)
    }

    init(
        configuration: ControllerConfiguration, store: Store, client: CurlClient, logger: Logger, backoff: Backoff,
        patience: TimeInterval
    ) {
        self.configuration = configuration
        settings = configuration.mail
        self.store = store
        self.client = client
        self.logger = logger
        self.backoff = backoff
        self.patience = patience
        timeouts = CurlTimeouts(connect: .seconds(20), idle: .seconds(60), overall: .seconds(120))
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        await PassLoop(topics: [.mail], interval: .seconds(300), changes: store.changes).run {
            do {
                return try await pass()
            } catch {
                logger.error("mail could not be worked off: \(error)")
                return .seconds(10)
            }
        }
    }

    /// Makes letters of what happened and sends what is due. Answers the time until more is due.
    func pass() async throws -> Duration? {
        let news = try await store.buildNews(limit: 50)
        var isOutdated = false
        for item in news {
            let mail = try await letters(item)
            if try await !store.settle(item, with: mail.letters, quoting: mail.quoted) { isOutdated = true }
        }
        if isOutdated { return .zero }
        guard let settings else { return news.count == 50 ? .zero : nil }
        let due = try await store.dueLetters(now: Date(), limit: 50)
        for letter in due {
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return nil }
            // One that is down for this letter is down for the others: they wait, and are not counted as tried.
            guard try await send(letter, settings) else { return backoff.delay(after: letter.failures + 1) }
        }
        if news.count == 50 || due.count == 50 { return .zero }
        guard let next = try await store.nextLetterTime() else { return nil }
        return .seconds(max(0.05, next.timeIntervalSinceNow))
    }

    /// Whom to tell what, and the jobs whose logs it quotes; nothing when nobody wants to know.
    private func letters(_ news: BuildNews) async throws -> (letters: [NewLetter], quoted: [Int64]) {
        let rules = news.project.config.mail
        guard let settings, news.project.isActive, rules.on.contains(news.outcome),
            Date().timeIntervalSince(news.happenedAt) < patience
        else { return ([], []) }
        let recipients = rules.recipients(author: news.authorEmail)
        guard !recipients.isEmpty else { return ([], []) }
        let pages = configuration.pages(news.project.repository)
        var troubles: [BuildLetter.Trouble] = []
        var quoted: [Int64] = []
        // Of a build that is being run again meanwhile, the new attempts have no end to tell of.
        for job in try await store.jobs(news.build.id) where job.state == .failure || job.state == .error {
            guard news.outcome != .fixed, news.bisection == nil, troubles.count < Self.mostTroubles else { break }
            // A log that cannot be read keeps no mail.
            var tail: [String] = []
            if troubles.count < Self.mostTails, job.logDeletion == nil {
                quoted.append(job.id)
                tail = (try? await LogTail().lines(store.logs.reader(job.id))) ?? []
            }
            troubles.append(
                BuildLetter.Trouble(
                    hook: job.hook, reason: job.reason ?? "\(job.state.rawValue)",
                    page: pages.build(news.build.number, hook: job.hook),
                    similar: job.state == .failure ? try await store.similarFailures(job.id) : nil, lastLines: tail))
        }
        let letter = BuildLetter(news: news, pages: pages, troubles: troubles, from: settings.from)
        return (recipients.map { NewLetter(recipient: "\($0)", message: letter.message(to: $0)) }, quoted)
    }

    /// - Returns: false when the server itself is in trouble, so that there is no point in the next letter.
    func send(_ letter: Letter, _ settings: MailSettings) async throws -> Bool {
        // Those before it may have taken minutes: a log that it quotes may be deleted by now, and it is written anew.
        guard try await store.letterWaits(letter.id) else { return true }
        let mail = CurlMail(
            url: settings.url, from: "\(settings.from)", to: [letter.recipient], message: letter.message,
            user: settings.user, password: settings.password, requiresTLS: settings.requiresTLS, timeouts: timeouts)
        guard let problem = await problem(sending: mail) else {
            try await store.letterSent(letter.id)
            return true
        }
        // It is ours that ends, not the server: the next process goes on.
        if problem.kind == .cancelled || problem.kind == .closed { return false }
        let isFinal = problem.isRefusalOfMail || problem.kind == .badURL
        let isLate = Date().timeIntervalSince(letter.happenedAt) >= patience
        let next = Date(timeIntervalSinceNow: backoff.delay(after: letter.failures + 1) / .seconds(1))
        try await store.postponeLetter(
            letter.id, until: isFinal || isLate ? nil : next, error: String(problem.message.prefix(500)))
        logger.warning(
            "mail about a build was not taken\(isFinal || isLate ? ", and is given up" : "; it is tried again")",
            metadata: ["letter": "\(letter.id)", "problem": "\(problem.message)"])
        return isFinal || problem.concernsOneMail
    }

    private func problem(sending mail: CurlMail) async -> CurlError? {
        do throws(CurlError) {
            try await client.sendMail(mail)
            return nil
        } catch {
            return error
        }
    }
}

extension CurlError {
    /// Refusals of our login, or of a login without TLS: they are for the operator to mend, and mail waits for that.
    private static let loginRefusals = [530, 534, 535, 538]

    /// The server said no for good to this mail or its recipient.
    fileprivate var isRefusalOfMail: Bool {
        reply.map { (500...599).contains($0) && !Self.loginRefusals.contains($0) } ?? false
    }

    /// Another mail may well be taken: the server answered, neither "I am closing" nor "who are you".
    fileprivate var concernsOneMail: Bool { reply.map { $0 != 421 && !Self.loginRefusals.contains($0) } ?? false }
}
