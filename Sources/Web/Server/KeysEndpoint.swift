import Hummingbird
import Model

/// `/_keys`: the public key that `kozmic secret seal` seals secrets with. Everybody may have it.
struct KeysEndpoint: Sendable {
    var secretKey: SecretKey

    func add(to router: Router<WebContext>) throws {
        let key = try OpeningKey(secretKey).sealingKey
        router.get("_keys") { _, _ in JSONResponse.make(["seal": key.description]) }
    }
}
