import Foundation
import Testing

@testable import kozmic

/// The controller stays small, whatever comes.
@Suite("Size", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct SizeTests {
    @Test("A log of 100 MB in a million lines arrives complete and identical, and the controller stays under 150 MB")
    func largeLog() async throws {
        // 100 bytes a line and more.
        let lines = "seq --format 'line %.0f \(String(repeating: ".", count: 90))' 1 1000000"
        try await World.with(Project.file("#!/bin/bash\n\(lines)")) { world in
            let begun = ContinuousClock.now
            let commit = try await world.push(["a": "1"])
            try await world.expect(commit, "success", within: .seconds(120))
            let took = ContinuousClock.now - begun
            let file = "\(world.folder)/log"
            try await Shell.run(
                "curl",
                ["-sS", "-o", file, "\(world.client.kozmic)/\(world.repository)/builds/1/jobs/tests/log"])
            let facts = try await Shell.script(
                """
                grep '^line' "$1" | sha256sum
                \(lines) | sha256sum
                grep --count '^line' "$1"
                grep '^line' "$1" | wc --bytes
                """, [file]
            ).split(separator: "\n")
            #expect(facts.count == 4 && facts[0] == facts[1])
            #expect(facts[2] == "1000000" && Int(facts[3]).map { $0 > 100_000_000 } == true)
            let memory = try #require(world.memory)
            print("a log of 100 MB: \(took) after its push, peak \(memory.peak) MiB, then \(memory.now) MiB")
            #expect(memory.peak < 150)
        }
    }

    @Test("Idle with 100 projects the controller is small")
    func idle() async throws {
        var files: [String: String] = [:]
        for number in 1...100 {
            files["projects/p\(number).yaml"] = """
                repository: acme/p\(number)
                hooks:
                  tests:
                    image: IMAGE
                    build_script: "#!/bin/sh\\ntrue"
                """
        }
        try await World.with(files, World.Setup(serves: false)) { world in
            for number in 1...100 { try await world.makeRepository("p\(number)", [:]) }
            try await world.serve(["--sync-interval", "3m", "--no-github-pacing"], webhooks: 0)
            try await world.isAsDeclared()
            #expect(try await world.webhooks("acme/p100").count == 1)
            _ = try await world.client.page("")
            // The code that only the start needed is given back a few seconds after it.
            let memory = try await world.client.eventually("a small controller", within: .seconds(60)) {
                try #require(world.memory).now < 60 ? world.memory : nil
            }
            print("idle with 100 projects: \(memory.now) MiB, of these \(memory.own) its own")
            #expect(memory.own < 25)
        }
    }
}

/// What is given back is code and nothing else.
@Suite("Program pages")
struct ProgramPagesTests {
    @Test("A line of /proc/self/maps is a range of code, or is left alone")
    func lines() {
        let code = CodeRange("55d0e9c00000-55d0e9e00000 r-xp 00200000 fe:00 131  /usr/local/bin/kozmic\n")
        #expect(code?.start == 0x55d0_e9c0_0000 && code?.count == 0x20_0000)
        for other in [
            "55d0e9c00000-55d0e9e00000 r--p 00200000 fe:00 131 /usr/local/bin/kozmic",
            "55d0e9c00000-55d0e9e00000 rw-p 00200000 fe:00 131 /usr/local/bin/kozmic",
            "7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0 [vdso]", "7f0000000000-7f0000001000 r-xp 0 0:0 0", "x", "",
            "7f0000001000-7f0000000000 r-xp 0 0:0 0 /bin/sh",
        ] {
            #expect(CodeRange(other) == nil)
        }
    }
}
