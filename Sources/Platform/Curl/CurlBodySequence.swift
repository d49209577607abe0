/// The body of a response as it comes, in chunks of any size but zero. It has one reader.
///
/// A reader that takes nothing pauses the transfer once some hundred kilobytes wait, so that the server has to wait
/// too. Who cancels its task, or drops the sequence and its iterator, ends the transfer.
public struct CurlBodySequence: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = CurlError

    let reader: BodyReader

    /// Begins, or goes on, reading: all iterators take from the same transfer.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: reader)
    }

    /// Takes the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let reader: BodyReader

        /// The next chunk, all that has come since the last one; `nil` at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(CurlError) -> [UInt8]? {
            try await reader.next(isolation: actor)
        }
    }
}
