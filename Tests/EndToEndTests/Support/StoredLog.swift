import Foundation
import Testing

/// A job's log as the store keeps it: the bytes, and beside them which part of the job wrote them.
struct StoredLog {
    /// The parts of a job, as they are numbered in the file.
    enum Section: UInt8 { case system, install, build }

    private var bytes: [Section: Data] = [:]

    /// Reads the `.log` file and the `.chunks` file beside it: records of 24 bytes, each with the end of a run of bytes
    /// in the first eight, and its section in the seventeenth.
    init(_ path: String) throws {
        let log = try #require(FileManager.default.contents(atPath: path), "no log at \(path)")
        let records = try #require(
            FileManager.default.contents(atPath: "\(path.dropLast(4)).chunks"), "no chunks beside \(path)")
        try #require(records.count.isMultiple(of: 24))
        var start = 0
        for offset in stride(from: 0, to: records.count, by: 24) where start < log.count {
            let end = (0..<8).reduce(0) { $0 | Int(records[offset + $1]) << (8 * $1) }
            let section = try #require(Section(rawValue: records[offset + 16]))
            // The record of bytes that a crash kept from coming ends behind them.
            bytes[section, default: Data()] += log[start..<min(end, log.count)]
            start = end
        }
        try #require(start >= log.count, "bytes of \(path) that no record describes")
    }

    /// What a part of the job wrote.
    func text(of section: Section) -> String { String(decoding: bytes[section] ?? Data(), as: UTF8.self) }
}
