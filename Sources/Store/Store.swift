import Foundation
import Model

/// Everything that Kozmic remembers: one SQLite file and a folder of logs.
///
/// All calls are asynchronous and safe from any task. A call that changes something does so in one transaction, which
/// is on the disk when the call returns; `changes` is told after that.
public final class Store: Sendable {
    /// Says that something changed.
    public let changes: ChangeSignal
    /// The logs of the jobs.
    public let logs: LogFiles
    /// Where webhook requests are stored.
    public let inbox: DeliveryInbox

    let database: DatabaseFile
    let appliedProjects = AppliedProjects()
    let now: @Sendable () -> Date
    private let directory: DataDirectory

    private init(directory: DataDirectory, database: DatabaseFile, now: @escaping @Sendable () -> Date) {
        let changes = ChangeSignal()
        self.directory = directory
        self.database = database
        self.now = now
        self.changes = changes
        logs = LogFiles(folder: directory.logsPath, changes: changes)
        inbox = DeliveryInbox(database: database, changes: changes, now: now)
    }

    /// Opens the store in that folder, which is made if need be. One process at a time may do so.
    ///
    /// - Parameter now: the clock; times are informative, nothing is ordered by them.
    /// - Throws: `corrupt`, `newerSchema`, `inUse`, `diskFull`, or `failed` with the system's words.
    public static func open(
        dataDirectory: String, now: @escaping @Sendable () -> Date = { Date() }
    ) async throws(StoreError) -> Store {
        try await open(dataDirectory: dataDirectory, now: now, trace: nil)
    }

    static func open(
        dataDirectory: String, now: @escaping @Sendable () -> Date, trace: (@Sendable (String) -> Void)?
    ) async throws(StoreError) -> Store {
        var path = dataDirectory
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let directory = try DataDirectory(path)
        let database = try await DatabaseFile.open(path: directory.databasePath, trace: trace)
        return Store(directory: directory, database: database, now: now)
    }

    /// Stores what waits in the inbox, ends the streams of `changes`, closes the database and lets other processes in.
    /// Log writers are closed by whoever opened them.
    public func close() async {
        await inbox.close()
        changes.finish()
        await database.close()
        directory.unlock()
    }

    /// The time by the store's clock.
    public var time: Date { now() }

    func notify(_ topics: [ChangeSignal.Topic]) {
        if !topics.isEmpty { changes.notify(topics) }
    }
}
