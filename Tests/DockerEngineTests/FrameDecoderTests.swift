import SeededRandom
import Testing

@testable import DockerEngine

@Suite("The frames of a container's output")
struct FrameDecoderTests {
    @Test("come out the same wherever the chunks are cut", arguments: 0..<40 as Range<UInt64>)
    func chunkBoundaries(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var sent: [DockerFrame] = []
        var wire: [UInt8] = []
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            let stream: DockerFrame.Stream = Bool.random(using: &random) ? .stdout : .stderr
            let payload = random.bytes(
                Int.random(in: 0...[3, 40, 5000].randomElement(using: &random, or: 3), using: &random))
            wire += frame(stream.rawValue, payload)
            if let last = sent.indices.last, sent[last].stream == stream {
                sent[last].bytes += payload
            } else if !payload.isEmpty {
                sent.append(DockerFrame(stream, payload))
            }
        }
        var decoder = DockerFrameDecoder()
        var got: [DockerFrame] = []
        var rest = wire[...]
        while !rest.isEmpty {
            let longest = [1, 9, 3000].randomElement(using: &random, or: 1)
            let chunk = rest.prefix(Int.random(in: 1...longest, using: &random))
            rest = rest.dropFirst(chunk.count)
            for frame in try decoder.append(Array(chunk)) {
                if let last = got.indices.last, got[last].stream == frame.stream {
                    got[last].bytes += frame.bytes
                } else {
                    got.append(frame)
                }
            }
        }
        try decoder.finish()
        #expect(got == sent)
    }

    @Test("of one stream are joined within a chunk, and the order of the streams is kept")
    func joins() throws {
        var decoder = DockerFrameDecoder()
        let chunk = frame(1, [1]) + frame(1, []) + frame(1, [2]) + frame(2, [3]) + frame(1, [4])
        let expected = [DockerFrame(.stdout, [1, 2]), DockerFrame(.stderr, [3]), DockerFrame(.stdout, [4])]
        #expect(try decoder.append(chunk) == expected)
    }

    @Test(
        "that are none are refused",
        arguments: [
            Array("hello from a terminal".utf8), [4, 0, 0, 0, 0, 0, 0, 1], [1, 0, 1, 0, 0, 0, 0, 1],
            [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], [3, 0, 0, 0, 0x7f, 0, 0, 0],
        ])
    func outOfStep(bytes: [UInt8]) {
        var whole = DockerFrameDecoder()
        #expect { try whole.append(bytes) } throws: { ($0 as? DockerError)?.kind == .stream }
        var piecemeal = DockerFrameDecoder()
        #expect {
            for byte in bytes { _ = try piecemeal.append([byte]) }
        } throws: {
            ($0 as? DockerError)?.kind == .stream
        }
    }

    @Test("of the engine's own stream are an error with its words")
    func complaint() {
        var decoder = DockerFrameDecoder()
        #expect(throws: DockerError(.stream, "no space left")) {
            _ = try decoder.append(frame(3, Array("no space".utf8) + Array(" left".utf8)))
        }
    }

    @Test("that break off are an error", arguments: [1, 7, 9])
    func truncated(length: Int) throws {
        var decoder = DockerFrameDecoder()
        _ = try decoder.append(Array(frame(1, [1, 2, 3]).prefix(length)))
        #expect(throws: DockerError.self) { try decoder.finish() }
    }

    @Test("made of noise never crash", arguments: 0..<200 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var decoder = DockerFrameDecoder()
        for _ in 0..<50 {
            var chunk = random.bytes(Int.random(in: 0...64, using: &random))
            // Headers that nearly are some reach further.
            if Bool.random(using: &random) { chunk = [UInt8.random(in: 0...3, using: &random), 0, 0, 0, 0, 0] + chunk }
            guard (try? decoder.append(chunk)) != nil else { return }
        }
        _ = try? decoder.finish()
    }

    @Test("of a large log of short lines are taken apart quickly")
    func speed() throws {
        let line = frame(1, Array("a line as a compiler writes it, of some seventy or eighty characters in all\n".utf8))
        let count = 32768 / line.count
        let chunk = [[UInt8]](repeating: line, count: count).flatMap { $0 }
        var decoder = DockerFrameDecoder()
        var received = 0
        let clock = ContinuousClock()
        let time = try clock.measure {
            for _ in 0..<640 { received += try decoder.append(chunk).reduce(0) { $0 + $1.bytes.count } }
        }
        #expect(received == 640 * count * (line.count - 8))
        // 20 MB in an unoptimised build on a busy machine.
        #expect(time < .seconds(10))
    }

    private func frame(_ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = UInt32(payload.count)
        return [stream, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + payload
    }
}

extension Array {
    func randomElement(using random: inout SeededGenerator, or fallback: Element) -> Element {
        randomElement(using: &random) ?? fallback
    }
}
