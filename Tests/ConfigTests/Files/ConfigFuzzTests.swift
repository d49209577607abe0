import Config
import Model
import SeededRandom
import Testing

@Suite("Whatever stands in the files")
struct ConfigFuzzTests {
    @Test("Mangled files give diagnostics inside of the file, never a crash, and never half a project")
    func mangled() throws {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            "{", "}", "[", "]", ": ", "- ", "\n", "  ", "'", "\"", "&a ", "*a", "null", "1", "true", "\u{0}", "ü", "#!",
        ]
        for round in 0..<300 {
            var files = try FullConfigTests.files().mapValues { Array($0.utf8) }
            let path = round.isMultiple(of: 3) ? "kozmic.yaml" : "projects/acme/widget.yml"
            var bytes = files[path] ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
                case 2: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: place)
                default: bytes.removeLast(Int.random(in: 0...bytes.count / 4, using: &random))
                }
            }
            files[path] = bytes
            let result = ConfigReader.read(ConfigSource(files: files))
            let lines = bytes.count { $0 == 0x0A } + bytes.count { $0 == 0x0D } + 2
            for diagnostic in result.diagnostics where diagnostic.path == path {
                #expect((1...lines).contains(diagnostic.line) && diagnostic.column >= 1)
            }
            let isKept = !result.desired.broken.isEmpty || result.desired.hasUnreadableFile
            #expect(result.hasErrors ? result.desired.projects.isEmpty && isKept : result.desired.projects.count == 1)
        }
    }
}
