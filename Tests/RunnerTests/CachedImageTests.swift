import DockerEngine
import Foundation
import Git
import Model
import Testing

@testable import Runner

@Suite(
    "Cached images on a real engine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct CachedImageTests {
    private func installed(
        _ fixture: RunnerFixture, _ id: Int64, trusted: Bool, refresh: Int? = nil,
        tracked: [String] = ["requirements.txt"]
    ) async throws -> MemoryLog {
        let job = try fixture.job(id, build: "cat /made", install: "date | sudo tee /made", trusted: trusted) {
            $0.trackedFiles = tracked
            $0.refreshSeconds = refresh
        }
        let (outcome, log) = try await fixture.run(job)
        #expect(outcome == .success)
        await fixture.executor.cleanUp(id, attempt: 1, instance: fixture.instance)
        return log
    }

    @Test("untrusted builds begin with a trusted image of the same key, and never make one")
    func trust() async throws {
        try await RunnerFixture.with { fixture in
            let stranger = try await installed(fixture, 1, trusted: false)
            #expect(await stranger.text.contains("committed as kozmic-cache-untrusted/"))
            let own = try await installed(fixture, 2, trusted: true)
            #expect(await own.text.contains("committed as kozmic-cache/"), "what a stranger made is not read")
            let guest = try await installed(fixture, 3, trusted: false)
            #expect(await guest.text.contains("Cached image found: kozmic-cache/"))
            #expect(await guest.lines(.build) == own.lines(.build))

            let images = try await fixture.executor.cachedImages(instance: fixture.instance)
            #expect(Set(images.map(\.isTrusted)) == [true, false] && Set(images.map(\.key)).count == 1)
            #expect(images.allSatisfy { $0.repository == fixture.repository.key && $0.hook == "tests" })
            // The image says what its key is made of.
            let reference = try #require(images.first).reference
            let image = try #require(try await fixture.engine.image(reference))
            let parts = try #require(image.labels[Labels.parts])
            #expect(parts.hasPrefix("kozmic-cache 1\nimage sha256:"))
            #expect(try parts.hasSuffix("\(fixture.git("ls-tree", "HEAD", "requirements.txt"))\n"))
            #expect(image.labels[Labels.commit] == (try fixture.head))
        }
    }

    @Test("what an install script writes into a volume that its image declares is lost, and the log says so")
    func volumes() async throws {
        try await RunnerFixture.with { fixture in
            let image = "kozmic-test/\(fixture.instance):volumes"
            let container = try await fixture.engine.createContainer(DockerContainerSpec(image: RunnerFixture.image))
            let docker = Process()
            docker.executableURL = URL(filePath: "/usr/bin/env")
            docker.arguments = [
                "docker", "--host", try #require(RunnerFixture.host), "commit",
                "--change", "VOLUME [\"/home/kozmic\", \"/data\"]",
                "--change", "LABEL \(Labels.instance)=\(fixture.instance)", container, image,
            ]
            docker.standardOutput = FileHandle.nullDevice
            try docker.run()
            docker.waitUntilExit()
            try await fixture.engine.remove(container, force: true)
            try #require(docker.terminationStatus == 0)
            let job = try fixture.job(
                build: "ls -A ~ | grep -x made || cat /made", install: "touch ~/made; date | sudo tee /made"
            ) {
                $0.image = image
            }
            let (outcome, log) = try await fixture.run(job)
            #expect(outcome == .success)
            #expect(await log.lines(.build) == log.lines(.install), "the home is as it was in the image")
            let note = "The image declares the volumes /data and /home/kozmic: "
            #expect(
                await log.text.contains(
                    "\n\(note)whatever the install script wrote there is not in the cached image\n"))
            await fixture.executor.cleanUp(1, attempt: 1, instance: fixture.instance)
            let (_, again) = try await fixture.run(try fixture.job(2, build: "true", install: "touch /tmp/other"))
            #expect(await !again.text.contains("declares"))
        }
    }

    @Test("the log names the tracked files that the commit lacks")
    func missing() async throws {
        try await RunnerFixture.with { fixture in
            let all = try await installed(fixture, 1, trusted: true)
            #expect(await !all.text.contains("tracked_files"))
            let tracked = ["requirements*.txt", "requirements.txt", "zzz"]
            let some = try await installed(fixture, 2, trusted: true, tracked: tracked)
            #expect(
                await some.text.contains("The commit lacks 'requirements*.txt' of tracked_files, and 1 more of them"))
        }
    }

    @Test("an image older than `refresh` is made again under its name")
    func refresh() async throws {
        try await RunnerFixture.with { fixture in
            _ = try await installed(fixture, 1, trusted: true)
            let young = try await installed(fixture, 2, trusted: true, refresh: 3600)
            #expect(await young.text.contains("Cached image found"))
            let old = try await installed(fixture, 3, trusted: true, refresh: 0)
            #expect(await old.text.contains("`refresh` wants it younger than 0 s"))
            #expect(await old.text.contains("committed as kozmic-cache/"))
            #expect(try await fixture.executor.cachedImages(instance: fixture.instance).count == 1)
        }
    }

    @Test("an image goes only when no job wants it and no container uses it")
    func removal() async throws {
        try await RunnerFixture.with { fixture in
            _ = try await installed(fixture, 1, trusted: true)
            let image = try #require(try await fixture.executor.cachedImages(instance: fixture.instance).first)
            #expect(try await !fixture.executor.removeCachedImage(image) { true })
            // A container that was only made, as a standby is.
            let container = try await fixture.engine.createContainer(DockerContainerSpec(image: image.reference))
            #expect(try await !fixture.executor.removeCachedImage(image) { false })
            try await fixture.engine.remove(container, force: true)
            // A job that looks for it at this moment.
            let turns = fixture.executor.tools.cachedImages.turns
            try await turns.begin(image.reference)
            #expect(try await !fixture.executor.removeCachedImage(image) { false })
            await turns.end(image.reference)
            #expect(try await fixture.executor.removeCachedImage(image) { false })
            #expect(try await fixture.executor.cachedImages(instance: fixture.instance).isEmpty)
            if fixture.engine.isLocal {
                let use = try #require(try await fixture.executor.diskUse())
                #expect(use > 0 && use < 1)
            }
        }
    }
}
