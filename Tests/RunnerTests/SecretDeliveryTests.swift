import DockerEngine
import Foundation
import Git
import Model
import Testing

@testable import Runner

@Suite(
    "Secrets of a job",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct SecretDeliveryTests {
    @Test("the build script has them; neither the log nor the engine's account of the container does")
    func delivery() async throws {
        try await RunnerFixture.with { fixture in
            let value = "it's a \"secret\" $HOME `id`\nof two lines \\ ü"
            let script = """
                [ "$TOKEN" = "$(cat src.txt)" ] && echo same
                echo "$0"
                ls -a /kozmic | tr '\\n' ' '; echo
                echo "$TOKEN"
                echo "$TOKEN" | base64
                printf 'half: it'; sleep 0.2; printf "'s a \\"sec"; sleep 0.2; printf 'ret" $HOME `id`\\n'
                exit 3
                """
            try fixture.write(value, to: "src.txt")
            try fixture.commit("Expectation")
            try await fixture.mirror.fetch()
            let job = try fixture.job(build: script, secrets: ["TOKEN": value, "S": "x"])
            let (outcome, log) = try await fixture.run(job)
            #expect(outcome.state == .failure && outcome.exitCode == 3)
            let lines = await log.lines(.build)
            #expect(lines.starts(with: ["same", "/kozmic/build-script", ". .. build-script src "]))
            let text = await log.text
            #expect(!text.contains("secret\" $HOME") && !text.contains("two lines") && !text.contains("aXQncyBhI"))
            #expect(text.contains("half: *********"))
            #expect(text.contains("The secret S is too short to be masked"))

            // The container has ended and is still there.
            let id = try #require(try await fixture.containers().first).id
            let container = try #require(try await fixture.engine.container(id))
            var dumped = ""
            dump(container, to: &dumped)
            #expect(!dumped.contains("TOKEN") && !dumped.contains("two lines"))
            #expect(try await fixture.engine.getArchive(id, path: SecretLauncher.path) == nil)
        }
    }

    @Test(
        "a missing interpreter is named as without secrets, also when its last words may begin one",
        arguments: ["s3cret", "ry\nand more"])
    func interpreter(secret: String) async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "#!/opt/no/such\n", secrets: ["TOKEN": secret])
            let outcome = try await fixture.run(job).outcome
            #expect(outcome.reason?.contains("interpreter '/opt/no/such' is not in the image") == true)
        }
    }
}
