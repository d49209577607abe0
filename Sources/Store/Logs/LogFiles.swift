import Foundation
internal import Glibc
internal import ThreadPool

/// The logs of the jobs: `logs/<id / 1000>/<id>.log` holds the bytes and nothing else, `<id>.chunks` beside it says
/// which stream they came from and when.
public struct LogFiles: Sendable {
    let folder: String
    let changes: ChangeSignal
    /// Who follows logs as they are written.
    public let tails = LogTails()

    init(folder: String, changes: ChangeSignal) {
        self.folder = folder
        self.changes = changes
    }

    /// Opens a job's log to append to it; what an earlier process wrote stays.
    ///
    /// - Throws: `conflict` while another writer of the same log is open.
    public func writer(_ jobID: Int64) async throws(StoreError) -> LogWriter {
        let paths = LogPaths(folder, jobID)
        let (changes, tails) = (changes, tails)
        return try await ThreadPool.shared.run { () throws(StoreError) in
            try LogWriter(jobID, paths, changes: changes, tails: tails)
        }
    }

    /// Reads a job's log, while it is written or later; there need not be one yet.
    public func reader(_ jobID: Int64) -> LogReader { LogReader(LogPaths(folder, jobID)) }

    /// Removes a job's log, if there is one. Readers that have it open keep it until they go.
    public func remove(_ jobID: Int64) async throws(StoreError) {
        let paths = LogPaths(folder, jobID)
        let code = await ThreadPool.shared.run {
            var code: Int32 = 0
            for path in [paths.log, paths.chunks] where unlink(path) != 0 && errno != ENOENT { code = errno }
            return code
        }
        if code != 0 { throw StoreError(errno: code, path: paths.log) }
    }

    /// The bytes that the disk keeps: with less, no log is written.
    public static var reserve: Int64 { LogWriter.reserve }

    /// The bytes that the disk has left for logs.
    public func freeBytes() throws(StoreError) -> Int64 {
        try FreeSpace.bytes(at: folder)
    }
}

/// Where a job's log is.
struct LogPaths: Sendable {
    let folder: String
    let log: String
    let chunks: String

    init(_ logs: String, _ jobID: Int64) {
        folder = "\(logs)/\(jobID / 1000)"
        log = "\(folder)/\(jobID).log"
        chunks = "\(folder)/\(jobID).chunks"
    }
}
