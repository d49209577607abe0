import Curl
import GitHub
import Synchronization
import Testing

@Suite("A token that is replaced while it is in use")
struct TokenSourceTests {
    private struct Unreadable: Error, CustomStringConvertible { var description: String { "the file is empty" } }

    /// What a token's file holds; `nil` for nothing useful.
    private final class TokenFile: Sendable {
        let content = Mutex<String?>("ghp_old")
        let reads = Mutex(0)

        func read() throws -> GitHubToken {
            reads.withLock { $0 += 1 }
            guard let text = content.withLock({ $0 }) else { throw Unreadable() }
            return GitHubToken(text)
        }
    }

    @Test("is read again once for each refusal; a bad one changes nothing; all of them are masked")
    func renewal() async throws {
        let file = TokenFile()
        let server = try ScriptedServer { request, _ in
            request.headers["authorization"] == "Bearer ghp_new"
                ? .json(200, #"{"login":"kozmic","id":1}"#)
                : .json(401, #"{"message":"Bad credentials: ghp_old ghp_new"}"#)
        }
        let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
        let client = GitHubClient(
            apiURL: server.url, tokens: GitHubTokenSource(GitHubToken("ghp_old")) { try file.read() }, curl: curl)

        // The same is no new one, nothing is none, and neither is one that no header can hold.
        for content in ["ghp_old", nil, "two\nlines"] {
            file.content.withLock { $0 = content }
            let error = await failure { () throws(GitHubError) in try await client.user() }
            #expect(error?.kind == .unauthorized)
            #expect(error?.message.contains("ghp_old") == false)
        }
        #expect(server.requests.count == 3 && file.reads.withLock { $0 } == 3)

        file.content.withLock { $0 = "ghp_new\n" }
        for _ in 0..<2 { #expect(try await client.user().login == "kozmic") }
        // The refused one, once more, and the second call.
        #expect(server.requests.count == 6 && file.reads.withLock { $0 } == 4)
        server.stop()
        await curl.close()
    }
}
