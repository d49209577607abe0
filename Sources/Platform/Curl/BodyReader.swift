final class BodyReader: Sendable {
    func next(isolation actor: isolated (any Actor)?) async throws(CurlError) -> [UInt8]? { nil }
}
