import Foundation
import Model
import Reconciler
import Testing

@testable import Controller

@Suite("Baselines that are known")
struct KnownBaselinesTests {
    private static func text(isPrivate: Bool) throws -> String {
        let desired = DesiredRepository(
            repository: try #require(RepositoryName("acme/widget")),
            deployKey: DesiredDeployKey(mode: .never, title: "Kozmic"))
        let baseline = Baseline(desired: desired, isPrivate: isPrivate)
        return String(decoding: try JSONEncoder().encode(baseline), as: UTF8.self)
    }

    @Test("each project has what its text says now, and none without a text or with one that cannot be read")
    func reads() throws {
        let known = KnownBaselines()
        let (secret, open) = try (Self.text(isPrivate: true), Self.text(isPrivate: false))
        for _ in 1...2 {
            #expect(known.read(secret, of: 1)?.isPrivate == true)
            #expect(known.read(open, of: 2)?.isPrivate == false)
        }
        #expect(known.read(open, of: 1)?.isPrivate == false)
        #expect(known.read("{}", of: 1) == nil)
        #expect(known.read(nil, of: 1) == nil)
        #expect(known.read(secret, of: 1)?.isPrivate == true)
    }
}
