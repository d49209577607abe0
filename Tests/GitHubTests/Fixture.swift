import Curl
import Foundation
import GitHub
import Synchronization

/// A client, the server it talks to, and the pauses it made.
struct Fixture {
    static let token = "ghp_0123456789abcdefghijABCDEFGHIJ"
    /// What the client takes for the present.
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    let server: ScriptedServer
    let client: GitHubClient
    let clock: RecordingClock
    private let makeClient: @Sendable () -> GitHubClient

    /// A client of the same account that knows nothing yet.
    func another() -> GitHubClient { makeClient() }

    static func with(
        token: String = Fixture.token, pageLimit: Int = 100, pacing: GitHubPacing = GitHubPacing(),
        time: TimeOfDay = TimeOfDay(), archive: (any GitHubArchive)? = nil,
        _ handler: @escaping ScriptedServer.Handler, _ body: (Fixture) async throws -> Void
    ) async throws {
        let server = try ScriptedServer(handler)
        let curl = CurlClient(CurlOptions(userAgent: "kozmic/test", usesEnvironmentProxy: false))
        let clock = RecordingClock()
        var options = GitHubOptions()
        options.clock = clock
        options.now = { time.now }
        options.pageLimit = pageLimit
        options.pacing = pacing
        options.archive = archive
        let (url, settings) = (server.url + "/api/v3/", options)
        let make = { @Sendable in GitHubClient(apiURL: url, token: GitHubToken(token), curl: curl, options: settings) }
        let fixture = Fixture(server: server, client: make(), clock: clock, makeClient: make)
        let result = await Result { try await body(fixture) }
        server.stop()
        await curl.close()
        try result.get()
    }
}

extension Result where Failure == any Error, Success == Void {
    fileprivate init(_ body: () async throws -> Void) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// A clock on which every wait is over at once, and which remembers the waits.
final class RecordingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex<(now: Duration, pauses: [Duration])>((.zero, []))

    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .zero }
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.pauses.append(deadline.offset - state.now)
            state.now = max(state.now, deadline.offset)
        }
    }
}

/// What a call threw, if it threw what it should.
func failure<Value>(_ body: () async throws(GitHubError) -> Value) async -> GitHubError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// A webhook as GitHub prints it.
func hookJSON(id: Int64 = 5_000_000_001, url: String = "https://ci.example.org/_hooks/acme/widget/tests") -> String {
    """
    {"type":"Repository","id":\(id),"name":"web","active":true,"events":["push","pull_request"],
     "config":{"content_type":"json","insecure_ssl":"0","url":"\(url)","secret":"********"},
     "updated_at":"2026-01-02T03:04:05Z","created_at":"2026-01-02T03:04:05Z",
     "url":"https://api.github.com/repos/acme/widget/hooks/\(id)",
     "last_response":{"code":null,"status":"unused","message":null}}
    """
}

/// A time of day that passes when it is told to.
final class TimeOfDay: Sendable {
    private let passed = Mutex(0)

    var now: Date { Fixture.now.addingTimeInterval(TimeInterval(passed.withLock { $0 })) }

    func pass(_ seconds: Int) { passed.withLock { $0 += seconds } }
}

/// An archive in memory.
final class Archive: GitHubArchive {
    private let answers = Mutex<[String: GitHubArchivedAnswer]>([:])

    var keys: [String] { answers.withLock { Array($0.keys) } }

    func answer(for key: String) async -> GitHubArchivedAnswer? { answers.withLock { $0[key] } }
    func keep(_ answer: GitHubArchivedAnswer, for key: String) async { answers.withLock { $0[key] = answer } }
    func damage() { answers.withLock { answers in for key in answers.keys { answers[key]?.body = [1, 2] } } }
}
