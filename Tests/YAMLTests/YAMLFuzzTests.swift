import Foundation
import Testing
import YAML

@Suite("Random and damaged texts never crash or hang the reader")
struct YAMLFuzzTests {
    /// Always the same numbers, so that a failure can be looked at.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    static let pieces = [
        "a", "b: ", "- ", "\n", "\n  ", "    ", "[", "]", "{", "}", ",", "'", "\"", "|", ">", "|2-\n", "&x ", "*x",
        "!!str ",
        "!", "<<: ", "? ", ": ", "#", "---\n", "...\n", "%YAML 1.2\n", "\t", "\\", "0x", ".5", "\u{E9}", "\u{1F600}",
        "\r\n", "@", "`",
    ]

    private func check(_ bytes: [UInt8]) {
        let document = YAMLDocument.parse(bytes, limits: YAMLLimits(depth: 20, nodes: 2_000))
        let lines =
            bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).count + bytes.filter { $0 < 0x20 }.count + 2
        for error in document.errors {
            #expect(error.position >= .start && error.position.line <= lines, "\(error)")
            #expect(!error.message.isEmpty)
        }
    }

    @Test("Random bytes")
    func bytes() {
        var numbers = Numbers(state: 1)
        for _ in 0..<3_000 {
            check((0..<Int.random(in: 0...60, using: &numbers)).map { _ in UInt8.random(in: 0...255, using: &numbers) })
        }
    }

    @Test("Random sequences of what YAML is made of")
    func tokens() {
        var numbers = Numbers(state: 2)
        for _ in 0..<6_000 {
            let count = Int.random(in: 0...40, using: &numbers)
            check(Array((0..<count).map { _ in Self.pieces.randomElement(using: &numbers) ?? "" }.joined().utf8))
        }
    }

    @Test("Damaged examples")
    func mutations() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples")
        let files = try #require(
            FileManager.default.enumerator(at: folder.standardized, includingPropertiesForKeys: nil)
        )
        .compactMap { $0 as? URL }.filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
        #expect(!files.isEmpty)
        var numbers = Numbers(state: 3)
        for file in files {
            let original = Array(try Data(contentsOf: file))
            #expect(YAMLDocument.parse(original).errors == [])
            for _ in 0..<300 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...6, using: &numbers) { mutate(&bytes, &numbers) }
                check(bytes)
            }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ numbers: inout Numbers) {
        guard !bytes.isEmpty else { return }
        let index = Int.random(in: 0..<bytes.count, using: &numbers)
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &numbers) ?? "").utf8), at: index)
        case 2: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...20, using: &numbers)))
        default:
            let end = min(bytes.count, index + Int.random(in: 1...40, using: &numbers))
            bytes.insert(contentsOf: Array(bytes[index..<end]), at: Int.random(in: 0...bytes.count, using: &numbers))
        }
    }
}
