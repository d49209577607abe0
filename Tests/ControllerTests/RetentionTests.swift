import Foundation
import Logging
import Model
import Store
import Testing

@testable import Controller

@Suite("What retention removes")
struct RetentionTests {
    @Test("the files of a deleted log that could not be removed at once go with a later pass")
    func leftovers() async throws {
        try await PostOffice.with { office in
            try await office.build(.success, log: "the password is hunter2\n")
            let folder = "\(office.folder)/data/logs/0"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            try #require(names.count == 2 && names[0].hasSuffix(".chunks"))
            // A folder in the file's place cannot be unlinked.
            try FileManager.default.removeItem(atPath: "\(folder)/\(names[0])")
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(names[0])", withIntermediateDirectories: false)
            let job = try #require(Int64(names[0].prefix { $0 != "." }))
            await #expect(throws: StoreError.self) { try await office.store.deleteLog(job, by: "mona") }

            try FileManager.default.removeItem(atPath: "\(folder)/\(names[0])")
            try Data("the password is hunter2\n".utf8).write(to: URL(filePath: "\(folder)/\(names[1])"))
            var logger = Logger(label: "retention")
            logger.logLevel = .critical
            try await Retention(store: office.store, logger: logger).pass()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            #expect(try await office.store.job(job)?.logDeletion?.by == "mona")
        }
    }
}
