import Curl
import DockerEngine
import Foundation
import Testing

@testable import Runner

@Suite("Base images")
struct BaseImageTests {
    @Test("what was found a moment ago is not enough for a hook that wants a newer look, nor after a pull")
    func memory() async throws {
        let curl = CurlClient()
        let images = BaseImages(engine: try DockerEngine(host: "unix:///nowhere.sock", curl: curl))
        let pulled = try JSONDecoder().decode(
            DockerImage.self, from: Data(#"{"Id": "sha256:1", "RepoDigests": ["debian@sha256:2"]}"#.utf8))
        let made = try JSONDecoder().decode(DockerImage.self, from: Data(#"{"Id": "sha256:3"}"#.utf8))
        await images.looked(at: "debian")
        await images.remember(pulled, as: "debian")
        await images.remember(made, as: "mine")
        #expect(await images.remembered("debian", maximumAge: .seconds(3600)) == pulled)
        #expect(await images.remembered("debian", maximumAge: .zero) == nil)
        #expect(await images.remembered("mine", maximumAge: .zero) == made)
        await images.looked(at: "debian")
        #expect(await images.remembered("debian", maximumAge: .seconds(3600)) == nil)
        await images.forget("mine")
        #expect(await images.remembered("mine", maximumAge: .zero) == nil)
        await curl.close()
    }
}
