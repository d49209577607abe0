import Model
import Testing

@Suite("Submodules, as .gitmodules has them")
struct SubmoduleTests {
    @Test("Paths and addresses, and nothing else")
    func file() {
        let text = """
            # A comment
            [include]
            \tpath = /etc/passwd
            [core]
            \tpath = x
            \turl = y
            [submodule "one"]
            \tpath = lib/one ; here
            \turl = "https://github.com/acme/one"
            \tupdate = !touch /tmp/owned
            [Submodule "t w o"]
              URL=../two.git
              Path = "with space "
            [submodule "half"]
            \tpath = half
            [submodule "broken"]
            \tpath = "open
            \turl = x
            [submodule]
            \tpath = nameless
            \turl = z
            """
        #expect(
            SubmoduleFile(Array(text.utf8)).addresses == [
                "lib/one": "https://github.com/acme/one", "with space ": "../two.git",
            ])
        #expect(SubmoduleFile([0xFF, 0xFE, 0x5B, 0x00]).addresses.isEmpty)
    }

    @Test(
        "Repositories of the same GitHub",
        arguments: [
            ("../lib", "acme/lib"), ("../lib.git/", "acme/lib"), ("./../lib.git", "acme/lib"),
            ("../../other/lib", "other/lib"),
            ("https://github.com/acme/lib", "acme/lib"), ("https://GitHub.com/Acme/Lib.git/", "Acme/Lib"),
            ("https://github.com:443/acme/lib", "acme/lib"), ("https://user:pass@github.com/acme/lib", "acme/lib"),
            ("git@github.com:acme/lib.git", "acme/lib"), ("github.com:acme/lib", "acme/lib"),
            ("ssh://git@github.com/acme/lib.git", "acme/lib"), ("ssh://git@github.com:22/acme/lib", "acme/lib"),
            ("git://github.com/acme/lib", "acme/lib"),
        ])
    func good(address: String, name: String) throws {
        let widget = try #require(RepositoryName("acme/widget"))
        let found = SubmoduleAddress.repository(address, in: widget, gitHubURL: "https://github.com")
        #expect(found?.description == name)
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "lib", "/etc", "file:///etc/x", "file://github.com/acme/lib", "ext::sh -c touch% /tmp/owned",
            "ssh://-oProxyCommand=touch/acme/lib", "https://example.org/acme/lib",
            "https://github.com.evil.org/acme/lib",
            "https://github.com@evil.org/acme/lib", "https://github.com:8443/acme/lib",
            "http://github.com:443x/acme/lib",
            "https://github.com/acme/lib/../../x", "https://github.com/acme", "https://github.com/acme/lib/more",
            "-oProxyCommand=x:acme/lib", "git@evil.org:acme/lib", "../../../../etc/passwd", "..", "../..", "../-/lib",
            "https://github.com/acme/..", "https://github.com/acme/lib%2F..", "https://github.com/acme/lib\n",
            "ftp://github.com/acme/lib",
        ])
    func bad(address: String) throws {
        let widget = try #require(RepositoryName("acme/widget"))
        #expect(SubmoduleAddress.repository(address, in: widget, gitHubURL: "https://github.com") == nil)
    }

    @Test("A GitHub with a port and a path of its own")
    func enterprise() throws {
        let widget = try #require(RepositoryName("acme/widget"))
        func name(_ address: String) -> String? {
            SubmoduleAddress.repository(address, in: widget, gitHubURL: "http://127.0.0.1:8080/git")?.description
        }
        #expect(name("http://127.0.0.1:8080/git/acme/lib.git") == "acme/lib")
        #expect(name("http://127.0.0.1:8080/acme/lib.git") == nil)
        #expect(name("http://127.0.0.1:8081/git/acme/lib.git") == nil)
        #expect(name("git@127.0.0.1:acme/lib.git") == "acme/lib")
    }
}
