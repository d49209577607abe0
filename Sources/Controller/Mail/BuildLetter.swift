import Foundation
import Model
import OpenSSL
import Store

/// What people read when a build failed, had an error, or passed again.
struct BuildLetter: Sendable {
    /// A job that did not pass, with the last lines of its log.
    struct Trouble: Sendable {
        var hook: HookID
        var reason: String
        var page: String
        var similar: SimilarFailures?
        var lastLines: [String]
    }

    var news: BuildNews
    var pages: PageAddress
    var troubles: [Trouble]
    var from: MailAddress

    private var build: BuildRecord { news.build }
    var repository: RepositoryName { news.project.repository }
    var ref: PlainLine { PlainLine(build.ref.shortName, limit: 100) }
    private var title: PlainLine {
        PlainLine(String(build.message.prefix { $0 != "\n" && $0 != "\r\n" && $0 != "\r" }), limit: 120)
    }

    private var verb: String {
        switch news.outcome {
        case .failure: "failed"
        case .error: "had an error"
        case .fixed: "is fixed"
        }
    }

    /// The mail to one mailbox: always the same for the same news, so that a server that gets it twice can tell.
    func message(to recipient: MailAddress) -> [UInt8] {
        let thread = "<\(threadID)@\(host)>"
        let text = MailText(
            headers: [
                ("Date", MailText.date(news.happenedAt)),
                ("From", "Kozmic CI <\(from)>"),
                ("To", "\(recipient)"),
                ("Subject", "[\(repository)] \(ref): \(subject)"),
                ("Message-ID", "<build.\(build.id).\(news.id)@\(host)>"),
                ("In-Reply-To", thread),
                ("References", thread),
                (
                    "List-Id",
                    "\(repository) <\(repository.key.replacing("/", with: ".").replacing("..", with: "."))-builds.\(host)>"
                ),
                ("Auto-Submitted", "auto-generated"),
                ("Precedence", "list"),
                ("X-Kozmic-Project", "\(repository)"),
                ("X-Kozmic-Outcome", news.outcome.rawValue),
            ], body: body)
        return text.bytes
    }

    private var subject: String {
        news.bisection.map(Self.subject) ?? "build #\(build.number) \(verb): \(title)"
    }

    private var body: String {
        var lines =
            news.bisection.map(found) ?? [
                "\(repository): build #\(build.number) of \(ref) \(verb).", "", pages.build(build.number), "",
                "Commit  \(build.commit.prefix(12))  \(title)",
                "Author  \(PlainLine(build.authorName, limit: 100))", "",
            ]
        for trouble in troubles {
            lines.append("\(trouble.hook): \(PlainLine(trouble.reason, limit: 300))")
            lines.append(trouble.page)
            if let similar = Self.similar(trouble) { lines.append(similar) }
            if !trouble.lastLines.isEmpty {
                lines += ["", "The last lines of its log:", ""] + trouble.lastLines.map { "    \($0)" }
            }
            lines.append("")
        }
        lines += [
            "-- ",
            "Kozmic CI at \(pages.externalURL) sends this because of `notify` in its configuration"
                + " (kozmic.yaml, \(PlainLine(news.project.config.file, limit: 200))).", "",
        ]
        return lines.joined(separator: "\n")
    }

    /// Whether it failed like this before.
    private static func similar(_ trouble: Trouble) -> String? {
        guard let similar = trouble.similar, similar.count > 0 else { return nil }
        func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }
        let first = similar.firstAt.map { similar.isAlone ? ", on \(day($0))" : ", the first one on \(day($0))" }
        let names = similar.latest.map { "\($0.name(beside: trouble.hook)) on \($0.ref.shortName)" }
        let list = names.joined(separator: ", ") + (similar.isLong ? ", …" : ".")
        return PlainLine(
            "\(similar.opening)\(first ?? ""): \(list)\(similar.hint.map { " \($0)" } ?? "")", limit: 1_000
        ).description
    }

    /// All mails about one branch of one project belong together: they answer a mail that there never was.
    private var threadID: String {
        let name = "\(repository.key)\n\(build.ref)"
        return "thread."
            + SHA256.hash(Array(name.utf8)).prefix(12).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0\(digits)" : digits
            }.joined()
    }

    /// The right-hand side of identifiers: where this server is reached.
    private var host: String {
        let host = URL(string: pages.externalURL)?.host() ?? ""
        let isName =
            !host.isEmpty
            && host.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            }
        return isName ? host.lowercased() : "kozmic.invalid"
    }
}
