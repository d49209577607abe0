import Foundation
import Glibc

/// Why the files of a job cannot be put where its container is to find them: the disk of this machine, or of its engine.
struct WorkTreeError: Error, CustomStringConvertible {
    /// What was tried, the place and the system's words.
    let description: String

    /// The system's number for it, where that is known.
    let code: Int32?

    private init(_ description: String, _ code: Int32?) {
        self.description = description
        self.code = code
    }

    /// Whether trying again is of no use: somebody has to do something about the disk.
    var isLasting: Bool { [ENOSPC, EDQUOT, EROFS].contains(code) }

    /// What a function of the system says.
    ///
    /// - Parameter act: such as `write`.
    init(cannot act: String, _ path: String, code: Int32 = errno) {
        self.init("cannot \(act) \(path): \(String(cString: strerror(code)))", code)
    }

    /// What Foundation says: only what lies below its error has the system's words.
    init(_ error: any Error) {
        if let cocoa = error as? CocoaError, let path = cocoa.filePath, let posix = cocoa.underlying as? POSIXError {
            self.init(cannot: "write", path, code: posix.code.rawValue)
        } else {
            self.init("\(error)", nil)
        }
    }
}

/// Words about a disk without room.
enum DiskFull {
    /// What can be done about it.
    static let wayOut =
        "the disk is full: `df -h` shows which one; if it is Docker's, `docker system df` shows by what, and "
        + "--cache-disk-high is when cached images go"

    /// The words of an error, with the way out if they are the system's for a full disk.
    static func explained(_ words: String) -> String {
        let system = [ENOSPC, EDQUOT].map { String(cString: strerror($0)).lowercased() }
        return system.contains(where: words.lowercased().contains) ? "\(words) (\(wayOut))" : words
    }
}
