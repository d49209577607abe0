import Model
import Store
import Testing

@testable import Web

@Suite("What a job waits for, and what took its place")
struct WaitingTests {
    @Test("what was cancelled for another build leads there, on its pages and for programs")
    func successor() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            for message in ["One", "Two"] {
                try await site.build(project, message, ref: .branch("topic"), kind: .pullRequest, pullRequest: 3)
            }
            let link = "<a href=\"/acme/widget/builds/2\">build #2</a>"
            for page in ["builds/1", "builds/1/jobs/tests", "builds/1/jobs/tests?part=head"] {
                #expect(try await site.client.get("/acme/widget/\(page)").text.contains(link), "\(page)")
            }
            let document = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/1")
            #expect(document.supersededBy == 2 && document.jobs?.map(\.supersededBy) == [2])

            #expect(try await !site.client.get("/acme/widget/builds/2").text.contains("Its place"))
            let second = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/2")
            #expect(second.supersededBy == nil && second.jobs?.map(\.supersededBy) == [nil])
        }
    }
}
