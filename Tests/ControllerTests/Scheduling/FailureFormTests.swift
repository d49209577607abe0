import Foundation
import Logging
import Model
import Runner
import SeededRandom
import Store
import Testing

@testable import Controller

@Suite("How the output of a script that failed ended")
struct FailureFormTests {
    private func form(_ text: String) -> [UInt8]? { FailureForm.bytes(Array(text.utf8)) }

    private static let failed = """
        [ 61%] test_saw.py
        2026-11-30T09:29:30Z in /tmp/build.aB3xYz/src
        AssertionError: 99 != 100
        1 failed, 213 passed in 29.31s

        """

    @Test("times, durations, names of temporary folders, colours and blank lines do not count; text and order do")
    func counts() throws {
        let first = try #require(form(Self.failed))
        #expect(first.count == 16)
        let again = Self.failed.replacing("61%", with: "62%").replacing("09:29:30", with: "10:00:01")
            .replacing("aB3xYz", with: "Q9").replacing("29.31s", with: "1 s")
        #expect(form(again) == first)
        #expect(form(Self.failed + "\n \t\n\r\n\u{1B}[0m\n\n") == first)
        #expect(form(Self.failed.replacing("\n", with: "\r\n\n")) == first)
        #expect(form("\u{1B}[31m" + Self.failed.dropLast()) == first, "the last line may lack its line break")
        #expect(form(Self.failed.replacing("99", with: "98")) != first)
        #expect(form(Self.failed + "more\n") != first)
        #expect(form("a\nb\n") != form("b\na\n"))
        #expect(form("a\nb\n") != form("ab\n"))
        for nothing in ["", "\n", " \n\t\n\u{1B}[0m"] { #expect(form(nothing) == nil) }
    }

    @Test("the last twenty lines that are not empty count")
    func lines() {
        let last = (1...20).map { "line \($0)\n\n" }.joined()
        #expect(form("one\n" + last) == form("two\n" + last))
        #expect(form("one\n" + last.dropFirst(8)) != form("two\n" + last.dropFirst(8)))
    }

    @Test("a line that begins before the last 32 KiB does not count, and of a long one what was written over it last")
    func border() {
        let limit = FailureForm.mostBytes
        let whole = String(repeating: "x", count: limit - 5) + "\nend\n"
        #expect(form("\n" + whole) == form(whole), "the byte before tells that the line is whole")
        #expect(form("z" + whole) == form("end\n") && form(whole) != form("end\n"))
        #expect(form(String(repeating: "x", count: limit)) != nil)
        for cut in [String(repeating: "x", count: limit + 1), String(repeating: "x", count: limit) + "\n"] {
            #expect(form(cut) == nil)
        }
        let bar = String(repeating: "12% of it\r", count: 2_000)
        #expect(form("\(bar)error: no space\r\n") == form("error: no space\n"))
    }

    @Test("no bytes make it stumble")
    func hostile() {
        var random = SeededGenerator(seed: 14)
        let alphabet = Array("0123456789abcT:-/.[]() %\u{1B}m\r\n\n\n#=MonNov,/tmp/\u{9B}".utf8) + [0xFF, 0]
        for _ in 0..<500 {
            let count = Int.random(in: 0..<400, using: &random)
            let text = (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] }
            for output in [text, random.bytes(count)] {
                let form = FailureForm.bytes(output)
                #expect(form == nil || form?.count == 16)
                #expect(FailureForm.bytes(output + Array("\n\n \n".utf8)) == form)
            }
        }
        for size in [FailureForm.mostBytes, FailureForm.mostBytes + 1] {
            #expect(FailureForm.bytes(random.bytes(size)) != nil)
            #expect(FailureForm.bytes([UInt8](repeating: 0x0A, count: size)) == nil)
        }
    }

    /// Runs a build of a new commit. Answers its job.
    private func run(
        _ desk: Desk, _ output: [(section: LogSection, text: String)], phase: JobPhase = .building,
        _ outcome: JobOutcome = JobOutcome(
            state: .failure, exitCode: 1, reason: "build script failed with exit code 1"),
        isNew: Bool = true
    ) async throws -> JobRecord {
        let project = try #require(try await desk.store.project(desk.repository))
        let number = (try await desk.store.latestBuild(project.id)?.number ?? 0) + 1
        let commit = try desk.push(["file": "\(number)"])
        _ = try await desk.deliver("push", desk.pushed(commit, before: nil, at: number))
        var executor = ScriptedExecutor { progress in
            // The repository is fetched to the end, so that the next one finds it at rest.
            try await progress(.commit)
            try await progress(.phase(phase))
        }
        executor.output = output
        executor.outcome = outcome
        let run = JobRun(
            configuration: desk.configuration, store: desk.store, executor: executor, mirrors: desk.mirrors,
            logger: Logger(label: "test"))
        let claimed = try #require(try await desk.store.claimNextJob())
        await run.run(claimed, isNew: isNew)
        let job = try #require(try await desk.store.job(claimed.job.id))
        #expect(job.state == outcome.state)
        return job
    }

    @Test(
        "a job that fails as another one did is known as such, taken up again or not; what Kozmic says does not count")
    func similar() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests")])
            let first = try await run(
                desk, [(.system, "Running\n"), (.build, "FAILED in 1.5s\n"), (.system, "It failed\n")])
            #expect(try await desk.store.similarFailures(first.id)?.count == 0)
            let second = try await run(
                desk, [(.install, "ok\n"), (.build, "FAILED in 20s"), (.system, "\nIt did not go well\n")],
                isNew: false)
            #expect(try await desk.store.similarFailures(second.id)?.latest.map(\.build) == [1])
            let install = try await run(desk, [(.install, "FAILED in 3 ms\n")], phase: .installing)
            #expect(try await desk.store.similarFailures(install.id)?.latest.map(\.build) == [2, 1])
            let other = try await run(desk, [(.build, "FAILED\n")])
            #expect(try await desk.store.similarFailures(other.id)?.count == 0)
        }
    }

    @Test("a job that passed, was cancelled, had an error or whose script wrote nothing has none")
    func none() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests")])
            let output: [(section: LogSection, text: String)] = [(.build, "FAILED\n")]
            let failed = JobOutcome(state: .failure, exitCode: 1)
            let jobs = [
                try await run(desk, output, .success),
                try await run(desk, output, JobOutcome(state: .cancelled, exitCode: 143, reason: "cancelled by mona")),
                try await run(desk, output, JobOutcome(state: .error, reason: "the Docker Engine: no")),
                try await run(desk, [(.system, "It failed\n")], failed),
                try await run(desk, [(.install, "ok\n"), (.system, "It failed\n")], phase: .building, failed),
                try await run(desk, [], failed),
            ]
            for job in jobs { #expect(try await desk.store.similarFailures(job.id) == nil, "build \(job.buildID)") }
        }
    }

    @Test("a log that cannot be read keeps no job from its end")
    func unreadable() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests")])
            _ = try await desk.deliver("push", desk.pushed(String(repeating: "a", count: 40), before: nil))
            let claimed = try #require(try await desk.store.claimNextJob())
            let run = JobRun(
                configuration: desk.configuration, store: desk.store, executor: ScriptedExecutor(),
                mirrors: desk.mirrors, logger: Logger(label: "test"))
            let writer = try await desk.store.logs.writer(claimed.job.id)
            try await JobLogSink(writer: writer).append(.build, .stdout, Array("FAILED\n".utf8))
            try await writer.close()
            let failed = JobOutcome(state: .failure, exitCode: 1)
            #expect(try await run.failureForm(claimed, failed) != nil)
            #expect(try await run.failureForm(claimed, JobOutcome(state: .failure)) == nil, "no script ended it")
            // A folder cannot be read.
            let records = "\(desk.folder)/data/logs/\(claimed.job.id / 1000)/\(claimed.job.id).chunks"
            try FileManager.default.removeItem(atPath: records)
            try FileManager.default.createDirectory(atPath: records, withIntermediateDirectories: false)
            #expect(try await run.failureForm(claimed, failed) == nil)
        }
    }
}
