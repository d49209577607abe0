import Git
import Model
import Runner

/// What the cache key of three tracked paths costs: `cache-keys REPOSITORY COMMIT PATH…` prints the microseconds of each
/// of a thousand computations, one on a line. `measure.py keys` takes the median.
@main
enum Keys {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count > 2, let id = HookID("tests") else { return print("cache-keys REPOSITORY COMMIT PATH…") }
        let mirror = GitMirror(readingFrom: arguments[1])
        var hook = Hook(id: id, image: "image", buildScript: "#!/bin/sh\n")
        hook.installScript = "#!/bin/sh\n"
        hook.trackedFiles = Array(arguments.dropFirst(2))
        let clock = ContinuousClock()
        let image = "sha256:" + String(repeating: "0", count: 64)
        var lines = ""
        for _ in 0..<1000 {
            let begin = clock.now
            let key = try await CacheKey(hook, commit: arguments[2], baseImage: image, mirror: mirror)
            let duration = clock.now - begin
            guard key != nil else { return }
            lines += "\(duration / .microseconds(1))\n"
        }
        print(lines, terminator: "")
    }
}
