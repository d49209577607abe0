import Testing

@testable import Web

@Suite("The page of a job")
struct JobPageTests {
    @Test(
        "an image is told by the beginning of its digest, whatever its name is",
        arguments: [
            ("debian@sha256:0123456789abcdef0123456789abcdef", "sha256:0123456789ab"),
            ("registry.example.org:5000/team/image@sha256:0123456789abcdef", "sha256:0123456789ab"),
            ("sha256:0123456789abcdef", "sha256:0123456789ab"), ("", ""),
        ])
    func digest(image: String, shown: String) { #expect(JobPage.shortDigest(image) == shown) }
}
