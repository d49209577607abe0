import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle
import Store

/// `…/jobs/<hook>/log/events`: the log as server-sent events, from a byte on, until the job has ended.
///
/// ```
/// id: 131          the offset after this piece: what Last-Event-ID (or ?offset=) resumes from
/// event: log
/// data: {"offset":100,"text":"…"}
///
/// id: 131
/// event: end
/// data: {"state":"failure","reason":"…"}
/// ```
/// Pieces end between characters, so that texts can be joined; bytes that are not UTF-8 are replaced. Finished and
/// running jobs are served alike. A slow reader gets the pieces at its own pace; nothing is kept for it in memory.
struct LogEventsEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup

    private static let chunk = 64 << 10
    private static let heartbeat = Duration.seconds(15)

    func add(to router: Router<WebContext>) {
        router.get(JobAddress.page, "log/events", and: JobAddress.api) { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            let start = offset(request)
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                    // Proxies such as nginx collect answers unless they are told not to.
                    .accelBuffering: "no",
                ],
                body: ResponseBody { writer in
                    // A browser that goes away must not leave a writer behind that waits for the job's end.
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await stream(job.id, from: start, &writer) { await mayGoOn(project, request) }
                    }
                    try await writer.finish(nil)
                })
        }
    }

    private func offset(_ request: Request) -> Int64 {
        let text = request.headers[.lastEventID] ?? request.uri.queryParameters["offset"].map(String.init)
        return max(0, text.flatMap { Int64($0) } ?? 0)
    }

    /// Whether the reader may still see the project: a stream can stay open for longer than a role lasts.
    private func mayGoOn(_ project: ProjectRecord, _ request: Request) async -> Bool {
        guard let current = try? await store.project(id: project.id) else { return false }
        return lookup.policy.mayRead(current, await lookup.viewer(of: request))
    }

    private func stream(
        _ jobID: Int64, from start: Int64, _ writer: inout any ResponseBodyWriter, mayGoOn: () async -> Bool
    ) async throws {
        // The subscription comes before the first look: what happens in between is then seen by the next one.
        let changes = store.changes.subscribe([.log(jobID), .job(jobID)])
        let (wakeUps, waker) = AsyncStream.makeStream(of: Wake.self, bufferingPolicy: .bufferingNewest(1))
        waker.yield(.changed)
        async let _: Void = watch(changes, waker)
        var position = start
        let log = store.logs.reader(jobID)
        for await wake in wakeUps.cancelOnGracefulShutdown() {
            if wake == .heartbeat {
                guard await mayGoOn() else { break }
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
            }
            // The job is read before its log: when it has ended, the log that is read then is the whole of it.
            let job = try await store.job(jobID)
            position = try await send(log, from: position, isLast: job?.state.isFinished ?? true, &writer)
            guard let job, !job.state.isFinished else {
                if let job { try await writer.write(ByteBuffer(string: Self.end(job, at: position))) }
                break
            }
        }
        // Leaving the scope cancels the watch and waits for it.
    }

    private enum Wake { case changed, heartbeat }

    private func watch(_ changes: AsyncStream<Void>, _ waker: AsyncStream<Wake>.Continuation) async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in changes { waker.yield(.changed) } }
            group.addTask {
                while (try? await Task.sleep(for: Self.heartbeat)) != nil { waker.yield(.heartbeat) }
            }
        }
    }

    /// Sends what is in the log after a byte. Answers where the log ends now.
    private func send(
        _ log: LogReader, from start: Int64, isLast: Bool, _ writer: inout any ResponseBodyWriter
    ) async throws -> Int64 {
        var position = start
        while true {
            let bytes = try await log.read(from: position, count: Self.chunk)
            let isEnd = bytes.count < Self.chunk
            let length = isEnd && isLast ? bytes.count : UTF8Boundary.wholeCharacters(bytes)
            guard length > 0 else { return position }
            try await writer.write(ByteBuffer(string: Self.piece(bytes.prefix(length), at: position)))
            position += Int64(length)
            if isEnd { return position }
        }
    }

    private struct Piece: Encodable {
        var offset: Int64
        var text: String
    }

    private struct End: Encodable {
        var state: String
        var reason: String?
    }

    private static func piece(_ bytes: ArraySlice<UInt8>, at offset: Int64) -> String {
        let piece = Piece(offset: offset, text: String(decoding: bytes, as: UTF8.self))
        return event("log", id: offset + Int64(bytes.count), piece)
    }

    private static func end(_ job: JobRecord, at offset: Int64) -> String {
        event("end", id: offset, End(state: job.state.rawValue, reason: job.reason))
    }

    private static func event(_ name: String, id: Int64, _ value: some Encodable) -> String {
        // JSON has no line breaks outside of its strings, where they are escaped: one data line is enough.
        let data = (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return "id: \(id)\nevent: \(name)\ndata: \(data)\n\n"
    }
}
