import Foundation
import Glibc
import Pipes
import ThreadPool

/// The folders with the pipes of the berths.
struct BerthFolders: Sendable {
    /// The file whose time is the beginning.
    private static let beginning = "begun"

    let root: String

    init(root: String) { self.root = root }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// Makes a folder with its pipe.
    func make(_ name: String) async throws {
        let (root, path) = (root, path(name))
        try await blocking {
            try FileManager.default.createDirectory(
                atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // `PipeKeeper` may be another user to the kernel. Nobody can list it, or reach it through the folder above.
            guard chmod(root, 0o711) == 0 else { throw CocoaError(.fileWriteNoPermission) }
            try SpooledPipe.make(in: path)
        }
    }

    /// A new name, which nobody guesses.
    static func name(_ kind: String, _ instance: String) -> String {
        "\(ContainerPlan.prefix(instance))\(kind)-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    }

    /// Opens a keeper's pipe.
    func requests(_ name: String) async throws -> HoldRequests {
        let path = path(name)
        return try await blocking { try HoldRequests(folder: path) }
    }

    /// Whether somebody has the pipe open.
    func isHeld(_ name: String) async -> Bool {
        let path = path(name)
        return (try? await blocking { HoldRequests.isHeld(folder: path) }) ?? false
    }

    /// Opens the pipe of a job's container.
    func open(_ name: String) async throws -> SpooledPipe {
        let path = path(name)
        return try await blocking { try SpooledPipe(folder: path) }
    }

    /// Remembers that a script begins now.
    func noteBeginning(_ name: String) async throws {
        let path = "\(path(name))/\(Self.beginning)"
        try await blocking { try Data().write(to: URL(filePath: path)) }
    }

    /// When the script of a container that had waited began; `nil` if it did not.
    func beginning(_ name: String) async -> Date? {
        let path = "\(path(name))/\(Self.beginning)"
        return try? await blocking {
            try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
    }

    /// Removes a folder; that it is not there is fine.
    func remove(_ name: String) async {
        let path = path(name)
        try? await blocking { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The names of those that are there.
    func names() async -> [String] {
        let root = root
        return (try? await blocking { try FileManager.default.contentsOfDirectory(atPath: root) }) ?? []
    }

    /// The files at these paths; `nil` when one of them cannot be looked at.
    func files(_ paths: [String]) async -> [BerthNetwork.SharedFile]? {
        try? await blocking {
            let files = paths.compactMap(BerthNetwork.SharedFile.init)
            return files.count == paths.count && !paths.isEmpty ? files : nil
        }
    }

    /// Whether the next job in a network would find it like new.
    func isUntouched(_ network: BerthNetwork) async -> Bool {
        guard let files = network.files else { return false }
        return await self.files(files.map(\.path)) == files
    }

    /// Whether this machine has less than a tenth of its memory left.
    func isMemoryScarce() async -> Bool {
        (try? await blocking {
            let text = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
            return MemoryLook(text)?.isScarce ?? false
        }) ?? false
    }

    private func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await ThreadPool.shared.run(work)
    }
}
