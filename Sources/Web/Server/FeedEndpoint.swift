import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import OpenSSL
import Store

/// `/<owner>/<repo>/feed.atom`: the project's finished builds, newest first, for feed readers and chat rooms;
/// `?ref=main` of one branch.
///
/// Builds that still run are left out: most readers show an entry once, as they first saw it. The feed of a private project
/// is for readers that send a GitHub token, see `TokenReaders`, and for browsers that signed in.
struct FeedEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var readers: TokenReaders
    /// Where people reach this server, without a slash at the end.
    var externalURL: String

    /// The feed's name below a project.
    static let name = "feed.atom"
    private static let length = 50

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/feed.atom") { request, context in
            try await readers.answer(request, context) { context in try await answer(request, context) }
        }
    }

    private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let project: ProjectRecord
        do {
            project = try await lookup.project(context)
        } catch let error as HTTPError where error.status == .notFound {
            guard let question = readers.question(request, context) else { throw error }
            return question
        }
        let ref = try await lookup.ref(of: project, request)
        let builds = try await store.builds(project.id, ref: ref, limit: Self.length)
        return answer(request, feed(project, ref, builds.filter(\.state.isFinished)))
    }

    private func answer(_ request: Request, _ feed: String) -> Response {
        let tag = "\"\(Hex.encode(SHA256.hash(Array(feed.utf8))).prefix(16))\""
        let headers: HTTPFields = [
            .contentType: "application/atom+xml; charset=utf-8", .cacheControl: "private, no-cache", .eTag: tag,
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: feed)))
    }

    private func feed(_ project: ProjectRecord, _ ref: GitRef?, _ builds: [BuildRecord]) -> String {
        let page = ref.map { ProjectLinks.history(project, of: $0) } ?? ProjectLinks.url(project)
        let query = page.firstIndex(of: "?").map { String(page[$0...]) } ?? ""
        let own = "\(ProjectLinks.url(project))/\(Self.name)\(query)"
        let title = "Builds of \(project.repository)" + (ref.map { ", \($0.shortName)" } ?? "")
        // Entries have the time of their build's end, so the feed changes only when a build ends.
        let updated = builds.compactMap(\.finishedAt).max() ?? Date(timeIntervalSince1970: 0)
        let entries = builds.map { entry($0, project) }.joined()
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom">
            <id>\(XMLText.escape(externalURL + own))</id>
            <title>\(XMLText.escape(title))</title>
            <updated>\(time(updated))</updated>
            <link rel="self" type="application/atom+xml" href="\(XMLText.escape(externalURL + own))"/>
            <link rel="alternate" type="text/html" href="\(XMLText.escape(externalURL + page))"/>
            <generator>Kozmic</generator>
            \(entries)</feed>

            """
    }

    private func entry(_ build: BuildRecord, _ project: ProjectRecord) -> String {
        let facts = BuildFacts(build: build, project: project, gitHubURL: "")
        let word = StateMark(build.state).word.lowercased()
        let duration = build.startedAt.map { _ in " in \(Elapsed.text(Int(build.seconds(now: build.createdAt))))" }
        let summary = [
            "\(build.ref.shortName) at \(build.commit.prefix(7)): \(word)\(duration ?? "")", facts.body,
        ].compactMap(\.self).joined(separator: "\n\n")
        let url = XMLText.escape(externalURL + facts.url)
        let author = build.authorName.isEmpty ? "unknown" : build.authorName
        return """
            <entry>
            <id>\(url)</id>
            <title>\(XMLText.escape("#\(build.number) \(word): \(facts.subject)"))</title>
            <updated>\(time(build.finishedAt ?? build.createdAt))</updated>
            <published>\(time(build.createdAt))</published>
            <author><name>\(XMLText.escape(author))</name></author>
            <link rel="alternate" type="text/html" href="\(url)"/>
            <category term="\(build.state.rawValue)"/>
            <summary type="text">\(XMLText.escape(summary))</summary>
            </entry>

            """
    }

    private func time(_ date: Date) -> String { date.formatted(.iso8601) }
}

/// Text made safe for XML 1.0, which has no way at all to say some characters.
enum XMLText {
    /// For element content and quoted attributes; invisible characters are shown by number, as on pages.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFFFE, 0xFFFF: result.unicodeScalars.append("\u{FFFD}")
            // In an attribute a parser would make a space of it.
            case 0x0D: result += "&#13;"
            default: HTMLText.append(scalar, to: &result)
            }
        }
        return result
    }
}
