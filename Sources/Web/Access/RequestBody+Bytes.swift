import Hummingbird
import NIOCore

extension Request {
    /// The whole body.
    ///
    /// - Throws: 413 for a larger one, 400 for one that is not framed as HTTP wants it or ends early: whoever sent it has
    ///   to know, and nobody else.
    func bytes(upTo limit: Int) async throws -> [UInt8] {
        do {
            return Array(try await body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw HTTPError(.badRequest)
        }
    }
}
