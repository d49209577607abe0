import Foundation
import Store
import Testing

@Suite struct AnswerArchiveTests {
    @Test("answers are there after a restart, old ones are not, and a damaged file is made anew")
    func archive() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-answers-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let entry = AnswerArchive.Entry(etag: "W/\"1\"", link: nil, body: [1, 0, 2])
        var archive = await AnswerArchive.open(dataDirectory: folder)
        #expect(await archive.entry(for: "a") == nil)
        await archive.keep(AnswerArchive.Entry(etag: "old", link: "x", body: []), for: "a")
        await archive.keep(entry, for: "a")
        await archive.close()
        let mode =
            try FileManager.default.attributesOfItem(atPath: folder + "/answers.sqlite")[.posixPermissions] as? Int
        #expect(mode == 0o600)

        archive = await AnswerArchive.open(dataDirectory: folder)
        #expect(await archive.entry(for: "a") == entry)
        await archive.close()
        #expect(await archive.entry(for: "a") == nil, "closed")

        archive = await AnswerArchive.open(dataDirectory: folder, now: { Date(timeIntervalSinceNow: 15 * 86400) })
        #expect(await archive.entry(for: "a") == nil, "nobody asked for two weeks")
        await archive.close()

        try Data(repeating: 7, count: 5000).write(to: URL(filePath: folder + "/answers.sqlite"))
        archive = await AnswerArchive.open(dataDirectory: folder)
        await archive.keep(entry, for: "b")
        #expect(await archive.entry(for: "b") == entry)
        await archive.close()
    }
}
