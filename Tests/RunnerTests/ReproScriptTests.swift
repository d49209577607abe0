import Foundation
import Model
import Testing

@testable import Runner

@Suite("The commands that do a job by hand")
struct ReproScriptTests {
    private func script(
        image: String?, digest: String? = nil, _ change: (inout Hook) -> Void = { _ in }
    ) throws -> ReproScript {
        var hook = Hook(
            id: try #require(HookID("tests")), image: "debian:bookworm", buildScript: "#!/bin/sh\ntrue\n")
        change(&hook)
        let job = JobSpec(
            instance: "repro", jobID: 1, attempt: 1, repository: try #require(RepositoryName("acme/widget")),
            hook: hook,
            buildNumber: 1, buildURL: "", commit: String(repeating: "a", count: 40), ref: .branch("main"), trusted: true
        )
        return ReproScript(
            job: job, source: "/mirror.git", baseImage: image, digest: digest, cachedImage: nil, trackedFiles: [])
    }

    @Test("a base image that is not here is pulled by its digest")
    func digest() throws {
        let text = try script(image: "sha256:1", digest: "debian@sha256:2").text
        #expect(text.contains("\nbase='sha256:1'\n"))
        #expect(
            text.contains("\ndocker image inspect \"$base\" >/dev/null 2>&1 || base='debian@sha256:2'\n"), "\(text)")
        #expect(!text.contains("debian:bookworm"))
    }

    @Test("without a digest, the script says that it uses what the name is now")
    func tag() throws {
        let text = try script(image: "sha256:1").text
        let words = "sha256:1 is not here; using what debian:bookworm names now, which may be another image"
        #expect(text.contains("|| { base='debian:bookworm'; echo '\(words)' >&2; }\n"), "\(text)")
        #expect(try script(image: nil).text.contains("\nbase='debian:bookworm'\n"))
    }

    @Test("in a hook of git it does not touch the repository of that hook")
    func hook() throws {
        let lines = try script(image: nil).text.split(separator: "\n")
        let unset = try #require(lines.firstIndex(of: "unset $(git rev-parse --local-env-vars)"))
        let clone = try #require(lines.firstIndex { $0.hasPrefix("git clone") })
        #expect(unset < clone)
    }

    @Test("it asks for no more processors than the engine has, as a job does")
    func processors() throws {
        let text = try script(image: nil) { $0.settings.resources.milliCPUs = 1500 }.text
        let begin = try #require(text.range(of: "\ncpus=1.5\n")).lowerBound
        let lines = text[begin...].split(separator: "\n").prefix(3).joined(separator: "\n")
        #expect(text.contains("  --cpus \"$cpus\" \\\n"), "\(text)")
        for (answer, cpus) in [("1", "1"), ("2", "1.5"), ("64", "1.5"), ("0", "1.5"), ("", "1.5")] {
            let shell = Process()
            let output = Pipe()
            shell.executableURL = URL(filePath: "/bin/bash")
            shell.arguments = ["-euc", "docker() { echo '\(answer)'; }\n\(lines)\nprintf %s \"$cpus\""]
            shell.standardOutput = output
            try shell.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            shell.waitUntilExit()
            #expect(String(decoding: bytes, as: UTF8.self) == cpus, "\(answer)")
        }
    }

    @Test("tracked files are checked out by their very names, whatever attributes they have")
    func trackedFiles() throws {
        var script = try script(image: nil) { $0.installScript = "#!/bin/sh\ntrue\n" }
        #expect(!script.text.contains("GIT_INDEX_FILE"))
        script.trackedFiles = ["a'b", "c*"]
        let lines = script.text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("GIT_INDEX_FILE=\"$work/index\" git --literal-pathspecs ") })
        #expect(line.hasSuffix(" checkout --quiet \(script.job.commit) -- 'a'\\''b' 'c*'"), "\(line)")
        #expect(!script.text.contains("git archive") && !script.text.contains(" archive "))
    }

    @Test("submodules come from GitHub, whatever their addresses are, and only if the hook wants them")
    func submodules() throws {
        #expect(try !script(image: nil).text.contains("submodule"))
        var script = try script(image: nil) { $0.submodules = true }
        script.gitHubURL = "https://github.example.org"
        let lines = script.text.split(separator: "\n")
        let address = "https://github.example.org"
        #expect(lines.contains("git -C \"$work/src\" remote set-url origin '\(address)/acme/widget'"))
        #expect(
            lines.contains(
                "git -C \"$work/src\" -c 'url.\(address)/.insteadOf=git@github.com:' "
                    + "-c 'url.\(address)/.insteadOf=ssh://git@github.com/' submodule --quiet update --init --recursive"
            ),
            "\(script.text)")
    }
}
