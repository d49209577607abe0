import Foundation
import Logging
import Store
import Testing

@testable import kozmic

@Suite("Writes to GitHub are remembered before they are sent")
struct StoredWritesTests {
    @Test("never too few, in a burst up to seven too many, and afterwards exactly as many as there were")
    func burst() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "writes-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await Store.open(dataDirectory: folder)
        let writes = try await StoredWrites(store, logger: Logger(label: "writes"))
        let start = Date(timeIntervalSince1970: 1_796_000_000)
        func stored() async throws -> Int {
            try await store.gitHubWrites(before: start.addingTimeInterval(60))["token"]?.count ?? 0
        }
        await writes.noteWrite(by: "token", at: start)
        #expect(try await stored() == 1)
        for count in 2...20 {
            await writes.noteWrite(by: "token", at: start)
            let known = try await stored()
            #expect(known >= count && known < count + 8)
        }
        // What was noted in advance and did not come is taken back.
        await writes.noteWrite(by: "token", at: start.addingTimeInterval(10))
        #expect(try await stored() == 21)
        #expect(writes.writes(by: "token").isEmpty)
        await store.close()
    }
}
