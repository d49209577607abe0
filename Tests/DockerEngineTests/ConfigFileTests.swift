import Foundation
import Testing

@testable import DockerEngine

@Suite("Docker's config.json")
struct ConfigFileTests {
    private let file = Array(
        #"""
        {"auths": {
           "https://index.docker.io/v1/": {"auth": "aHViOmh1YnB3"},
           "registry.example.org:5000": {"auth": "cm9ib3Q6YTpiOmM="},
           "tokens.example.org": {"auth": "", "identitytoken": "tok"},
           "store.example.org": {},
           "broken.example.org": {"auth": "%%%"}
         },
         "credHelpers": {"helped.example.org": "pass"}, "credsStore": "desktop", "HttpHeaders": {"a": "b"}}
        """#.utf8)

    @Test("gives the credentials of a registry, whatever the hub is called")
    func auths() throws {
        let config = try DockerConfigFile(file)
        let hub = DockerRegistryAuth(user: "hub", password: "hubpw", server: "https://index.docker.io/v1/")
        #expect(config.auth(registry: "docker.io") == hub)
        let robot = DockerRegistryAuth(user: "robot", password: "a:b:c", server: "registry.example.org:5000")
        #expect(config.auth(registry: "registry.example.org:5000") == robot)
        let token = DockerRegistryAuth(identityToken: "tok", server: "tokens.example.org")
        #expect(config.auth(registry: "tokens.example.org") == token)
        for registry in ["store.example.org", "broken.example.org", "example.org", "registry.example.org"] {
            #expect(config.auth(registry: registry) == nil)
        }
        #expect(config.helper(registry: "helped.example.org") == "pass")
        #expect(config.helper(registry: "example.org") == "desktop")
    }

    @Test("is found in DOCKER_CONFIG, else in the home folder, and need not be there")
    func places() async throws {
        try await withTemporaryFolder { folder in
            #expect(try DockerConfigFile.read(environment: ["HOME": folder]) == nil)
            try FileManager.default.createDirectory(atPath: folder + "/.docker", withIntermediateDirectories: false)
            try write(String(decoding: file, as: UTF8.self), to: folder + "/.docker/config.json")
            #expect(
                try DockerConfigFile.read(environment: ["HOME": folder])?.auth(registry: "docker.io")?.user == "hub")
            try write(#"{"auths":{}}"#, to: folder + "/config.json")
            let elsewhere = try DockerConfigFile.read(environment: ["HOME": folder, "DOCKER_CONFIG": folder])
            #expect(elsewhere?.auth(registry: "docker.io") == nil)
            try write("{", to: folder + "/config.json")
            #expect(throws: DockerError.self) { try DockerConfigFile.read(environment: ["DOCKER_CONFIG": folder]) }
        }
    }

    @Test("credentials go into the header as the engine wants them, and into no description")
    func header() throws {
        let auth = DockerRegistryAuth(user: "robot", password: "päss?>~word", server: "r.example.org")
        let base64 = auth.header.replacing("-", with: "+").replacing("_", with: "/")
        #expect(auth.header.allSatisfy { $0.isLetter || $0.isNumber || "-_=".contains($0) })
        let json = try #require(Data(base64Encoded: base64))
        let fields = try JSONDecoder().decode([String: String].self, from: json)
        #expect(fields == ["username": "robot", "password": "päss?>~word", "serveraddress": "r.example.org"])
        var dumped = ""
        dump(auth, to: &dumped)
        for text in ["\(auth)", String(reflecting: auth), dumped] { #expect(!text.contains("word")) }
    }
}
