import HTTPTypes
import Hummingbird

/// What a request costs before anything of Kozmic's: the same server library takes a webhook's body and answers 202.
/// `webhooks.py` measures it next to the real thing.
@main
enum Floor {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
        let router = Router()
        router.post("_hooks/{owner}/{repo}/{hook}") { request, _ in
            _ = try await request.body.collect(upTo: 25 << 20)
            return Response(status: .accepted)
        }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)))
        try await application.runService()
    }
}
