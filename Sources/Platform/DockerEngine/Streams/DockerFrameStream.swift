import Curl

/// A container's output as it comes, until it ends. One reader only; who stops reading ends the transfer, and who reads
/// slowly slows the writer down.
///
/// The end of the stream means that the engine closed it. Whether the container ended is `wait`'s to say: an engine
/// that is killed closes its streams as well.
public struct DockerFrameStream: AsyncSequence, Sendable {
    public typealias Element = DockerFrame
    public typealias Failure = DockerError

    let body: CurlBodySequence
    let host: DockerHost

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body.makeAsyncIterator(), host: host)
    }

    /// Reads the frames.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var body: CurlBodySequence.AsyncIterator
        let host: DockerHost
        private var decoder = DockerFrameDecoder()
        private var ready: [DockerFrame] = []
        private var next = 0
        private var isOver = false

        init(body: CurlBodySequence.AsyncIterator, host: DockerHost) {
            self.body = body
            self.host = host
        }

        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(DockerError) -> DockerFrame? {
            while next == ready.count {
                guard !isOver else { return nil }
                // An error is the end, whatever follows.
                isOver = true
                let chunk: [UInt8]?
                do throws(CurlError) {
                    chunk = try await body.next(isolation: actor)
                } catch {
                    throw host.explain(error)
                }
                guard let chunk else {
                    try decoder.finish()
                    return nil
                }
                ready = try decoder.append(chunk)
                next = 0
                isOver = false
            }
            defer { next += 1 }
            return ready[next]
        }
    }
}
