import DockerEngine
import Foundation
import Git
import Model
import Testing

@testable import Runner

@Suite(
    "Work trees above a template",
    .enabled(
        if: RunnerFixture.host?.hasPrefix("unix:") == true && geteuid() == 0,
        "KOZMIC_TEST_DOCKER_HOST names no engine of this machine, or we are not root"), .timeLimit(.minutes(10)))
struct TreeTemplateTests {
    /// What a script can find out about its work tree; the same in the same tree, however that came to be.
    private static let inventory = """
        find . -path ./.git -prune -o -printf '%P %y %m %l %U:%G\\n' | LC_ALL=C sort | cat -v
        find . -path ./.git -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | cat -v
        git status --porcelain --ignored
        git rev-parse HEAD; git describe --always; git tag; git log --oneline | wc -l
        git diff-files --quiet && echo "nothing has to be read"
        git fsck --no-dangling 2>&1
        """

    /// Everything below a folder: names, modes, owners and bytes.
    private func fingerprint(_ folder: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c",
            "cd \"$0\" && { find . -printf '%P %y %m %l %U:%G %T@\\n' | LC_ALL=C sort; "
                + "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; } | sha256sum", folder,
        ]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("the next commit's work tree is what a checkout would have made, whatever changed")
    func difference() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            #expect(try await fixture.run(fixture.job(1, build: "git status --porcelain")).outcome == .success)
            #expect(fixture.templates.count == 1)
            let lib = try fixture.head
            let files = FileManager.default
            let source = fixture.source
            for name in ["becomes-file", "becomes-folder", "becomes-module", "becomes-link", "goes", "link"] {
                try files.removeItem(atPath: "\(source)/\(name)")
            }
            try fixture.write("a file\n", to: "becomes-file")
            try fixture.write("a folder\n", to: "becomes-folder/deep/one")
            try files.createSymbolicLink(atPath: "\(source)/becomes-link", withDestinationPath: "../nowhere")
            try fixture.write("a file\n", to: "link")
            try files.moveItem(atPath: "\(source)/moves", toPath: "\(source)/moved")
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(source)/run.sh")
            try files.removeItem(atPath: "\(source)/many/d0/f0")
            try fixture.write("changed\n", to: "many/d1/f1")
            let name = Array("\(source)/many/d2/".utf8) + [0xFF, 0xFE]
            let file = (name.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
                fopen($0.baseAddress, "w")
            }
            fclose(file)
            try fixture.git("add", "--all")
            for path in ["becomes-module", "libs/new"] {
                try fixture.git("update-index", "--add", "--cacheinfo", "160000,\(lib),\(path)")
            }
            try fixture.git("commit", "--quiet", "-m", "Change everything")
            try fixture.git("tag", "-a", "v2.0", "-m", "Two")
            try await fixture.mirror.fetch()

            let above = try await fixture.run(fixture.job(2, build: Self.inventory))
            #expect(above.outcome == .success)
            #expect(fixture.templates.count == 1)
            #expect(try await fixture.engine.volumes(labels: fixture.aboveOnes(2)).count == 1)
            let written = try await fixture.run(
                fixture.job(3, build: Self.inventory), executor: fixture.anotherExecutor())
            #expect(written.outcome == .success)
            let lines = await above.log.lines(.build)
            #expect(lines.contains("v2.0") && lines.contains("nothing has to be read"))
            #expect(lines.contains("becomes-module d 755  1000:1000"))
            // After a plain checkout git reads all files once, because they are given away after they were written.
            #expect(
                lines.filter { $0 != "nothing has to be read" }
                    == (await written.log.lines(.build)).filter { $0 != "nothing has to be read" })
            // An untrusted job may look, and a submodule's files are its own. One where the template has a folder with
            // files is written in full.
            for (id, path, count) in [(Int64(4), "libs/new", 1), (5, "becomes-module", 0)] {
                var job = try fixture.job(
                    id, build: "git status --porcelain; ls \(path); git -C \(path) describe", trusted: false)
                job.submodules = [JobSubmodule(path: path, commit: lib, mirror: fixture.mirror)]
                let (outcome, log) = try await fixture.run(job)
                #expect(outcome == .success)
                let lines = await log.lines(.build)
                #expect(lines.contains("requirements.txt") && lines.last?.hasPrefix("v1.0-1-g") == true)
                #expect(try await fixture.engine.volumes(labels: fixture.aboveOnes(id)).count == count)
            }
        }
    }

    @Test("a script can do everything to its work tree and nothing to the template; all of it goes with the job")
    func isolation() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            #expect(try await fixture.run(fixture.job(1, build: "true")).outcome == .success)
            let template = "\(fixture.workDirectory)/trees/\(try #require(fixture.templates.first))"
            let before = try (fingerprint(template), fingerprint("\(fixture.root)/mirror.git/objects"))
            let script = """
                set -e
                mv many lots && perl -e 'rename(q(lots), q(again)) or die $!'
                find . -type f -exec sh -c 'for f; do echo x >> "$f" 2>/dev/null || rm -f "$f"; done' sh {} +
                sudo chown -R 0:0 . && sudo chmod -R 777 .
                sudo rm -rf .git/objects again/d1 && mkdir again/d1
                deep=; for n in $(seq 300); do deep=$deep/dddddddddddddddddddd; done
                perl -e 'for (1..600) { mkdir q(dddddddddddddddddddd) and chdir q(dddddddddddddddddddd) or die }'
                """
            let (outcome, log) = try await fixture.run(fixture.job(2, build: script))
            let text = await log.text
            #expect(outcome == .success, "\(text)")
            #expect(try fingerprint(template) == before.0)
            #expect(try fingerprint("\(fixture.root)/mirror.git/objects") == before.1)
            let next = try await fixture.run(fixture.job(3, build: "git status --porcelain; ls -A | wc -l"))
            #expect(await next.log.lines(.build).count == 1)

            for id in [Int64(1), 2, 3] {
                let folder = try await fixture.volumeFolder(id)
                #expect(FileManager.default.fileExists(atPath: "\(folder)/upper/build-script"))
                await fixture.executor.cleanUp(id, attempt: 1, instance: fixture.instance)
                #expect(!FileManager.default.fileExists(atPath: folder))
            }
            #expect(try await fixture.engine.volumes(labels: [Labels.instance: fixture.instance]).isEmpty)
        }
    }

    @Test("only what differs is written for the next commit")
    func little() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            #expect(try await fixture.run(fixture.job(1, build: "true")).outcome == .success)
            try fixture.write("changed\n", to: "many/d1/f1")
            try FileManager.default.removeItem(atPath: "\(fixture.source)/many/d0/f0")
            try fixture.commit("Change a little")
            try await fixture.mirror.fetch()
            #expect(try await fixture.run(fixture.job(2, build: "true")).outcome == .success)
            let upper = "\(try await fixture.volumeFolder(2))/upper"
            let written = try FileManager.default.subpathsOfDirectory(atPath: upper)
                .filter { !$0.hasPrefix("src/.git/objects/") }
            #expect(
                Set(written) == [
                    "build-script", "exit-code", "src", "src/many", "src/many/d0", "src/many/d0/f0", "src/many/d1",
                    "src/many/d1/f1", "src/.git", "src/.git/HEAD", "src/.git/index", "src/.git/packed-refs",
                    "src/.git/objects",
                ])
        }
    }
}
