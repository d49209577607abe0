import SeededRandom
import Testing

@testable import Runner

extension OutputMask {
    /// Masks an output that comes in pieces of random length, and checks that its length is kept.
    ///
    /// - Parameter most: bytes in a piece.
    static func mask(
        _ output: [UInt8], _ secrets: [String: String], most: Int, _ random: inout SeededGenerator
    ) -> [UInt8] {
        var mask = OutputMask(secrets)
        var masked: [UInt8] = []
        var rest = output[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...most, using: &random)
            masked += mask.mask(Array(rest.prefix(count)), .stdout)
            rest = rest.dropFirst(count)
        }
        masked += mask.finish(.stdout)
        #expect(masked.count == output.count)
        return masked
    }
}
