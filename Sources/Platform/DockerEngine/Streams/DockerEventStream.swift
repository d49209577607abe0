import Curl
import Foundation

/// The engine's events as they happen, without an end of its own. One reader only; who stops reading ends the transfer.
public struct DockerEventStream: AsyncSequence, Sendable {
    public typealias Element = DockerEvent
    public typealias Failure = DockerError

    let body: CurlBodySequence
    let host: DockerHost

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body.makeAsyncIterator(), host: host)
    }

    /// Reads the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var body: CurlBodySequence.AsyncIterator
        let host: DockerHost
        private var splitter = LineSplitter()
        private var ready: [[UInt8]] = []
        private var next = 0
        private var isOver = false

        init(body: CurlBodySequence.AsyncIterator, host: DockerHost) {
            self.body = body
            self.host = host
        }

        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(DockerError) -> DockerEvent? {
            while next == ready.count {
                guard !isOver else { return nil }
                isOver = true
                let chunk: [UInt8]?
                do throws(CurlError) {
                    chunk = try await body.next(isolation: actor)
                } catch {
                    throw host.explain(error)
                }
                guard let chunk else { return nil }
                ready = try splitter.append(chunk)
                next = 0
                isOver = false
            }
            defer { next += 1 }
            do {
                return try JSONDecoder().decode(DockerEvent.self, from: Data(ready[next]))
            } catch {
                isOver = true
                ready = []
                next = -1
                throw DockerError(.decoding, "the engine reported an event that is not as the protocol has it")
            }
        }
    }
}
