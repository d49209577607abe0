import Foundation
import Git
import Glibc
import Model
import ThreadPool

/// The folder in which the files of a job are put together before they are sent to its container.
final class Workspace: Sendable {
    /// Holds one folder for each container that is being prepared.
    let root: String

    init(root: String) { self.root = root }

    /// Puts together what `/kozmic/src` is to be: all of the commit with its history, or only the tracked files.
    ///
    /// - Returns: the folder, which whoever called removes, and what was checked out, if that was all of the commit.
    func fill(
        _ name: String, for job: JobSpec, phase: ScriptPhase, mirror: GitMirror
    ) async throws -> (folder: String, checkout: GitCheckout?) {
        let folder = path(name)
        do {
            try await blocking {
                try? FileManager.default.removeItem(atPath: folder)
                try FileManager.default.createDirectory(
                    atPath: self.root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            return (folder, try await put(job, phase, mirror, into: folder, sharing: true, owner: nil))
        } catch {
            await remove(name)
            throw error
        }
    }

    /// The same in a volume, as the user's: its work tree shares nothing with the mirror, because the script may write
    /// into it.
    func fill(
        _ volume: VolumeFolder, for job: JobSpec, phase: ScriptPhase, mirror: GitMirror, user: ContainerUser
    ) async throws -> GitCheckout? {
        let folder = try await blocking { try volume.emptySource() }
        let owner = FileOwner(uid: UInt32(user.uid), gid: UInt32(user.gid))
        return try await put(job, phase, mirror, into: folder, sharing: false, owner: owner)
    }

    /// Writes the files beside the work tree and gives all of it to the user.
    ///
    /// - Parameter isTreeGiven: whether the work tree is the user's already.
    func complete(
        _ volume: VolumeFolder, _ files: [VolumeFolder.File], for user: ContainerUser, isTreeGiven: Bool = false
    ) async throws {
        try await blocking {
            try volume.complete(files, uid: uid_t(user.uid), gid: gid_t(user.gid), isTreeGiven: isTreeGiven)
        }
    }

    /// The folder of a volume, if it can be written into from here.
    func folder(ofVolumeAt mountpoint: String) async -> VolumeFolder? {
        (try? await blocking { VolumeFolder(mountpoint) }) ?? nil
    }

    /// Writes what a layer has above the work tree of another commit, and gives it to the user.
    func fill(
        _ layer: TreeLayer, above source: String, of base: String, for job: JobSpec, files: [VolumeFolder.File],
        mirror: GitMirror, user: ContainerUser
    ) async throws {
        try await blocking { try layer.make() }
        let folder = "\(layer.upper)/src"
        let owner = FileOwner(uid: UInt32(user.uid), gid: UInt32(user.gid))
        try await mirror.layer(commit: job.commit, into: folder, over: source, of: base, owner: owner)
        try await checkOut(job.submodules, in: folder, sharing: false, owner: owner)
        try await complete(VolumeFolder(own: layer.upper), files, for: user)
    }

    private func put(
        _ job: JobSpec, _ phase: ScriptPhase, _ mirror: GitMirror, into folder: String, sharing: Bool,
        owner: FileOwner?
    ) async throws -> GitCheckout? {
        switch phase {
        case .install:
            try await blocking {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            let tracked = job.hook.trackedFiles
            if !tracked.isEmpty { try await mirror.export(commit: job.commit, paths: tracked, into: folder) }
            return nil
        case .build:
            let checkout = try await mirror.checkout(
                commit: job.commit, into: folder, sharingObjects: sharing, isMoving: sharing, owner: owner)
            try await checkOut(job.submodules, in: folder, sharing: sharing, owner: owner)
            return checkout
        }
    }

    /// Their folders are there, empty, or made now; the outer ones come first.
    private func checkOut(
        _ modules: [JobSubmodule], in folder: String, sharing: Bool, owner: FileOwner?
    ) async throws {
        for module in modules {
            try await module.mirror.checkout(
                commit: module.commit, into: "\(folder)/\(module.path)", sharingObjects: sharing, isMoving: sharing,
                owner: owner)
        }
    }

    /// Removes a folder; that it is not there is fine.
    func remove(_ name: String) async {
        let folder = path(name)
        try? await blocking { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// The names of the folders that are there.
    func names() async -> [String] {
        let root = root
        return (try? await blocking { try FileManager.default.contentsOfDirectory(atPath: root) }) ?? []
    }

    private func path(_ name: String) -> String { "\(root)/\(name)" }

    /// Does something that waits for the disk.
    ///
    /// - Throws: `WorkTreeError`, or the `GitError` of `work`: both end the job they happen to.
    func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await ThreadPool.shared.run {
            do {
                return try work()
            } catch {
                throw error is GitError || error is WorkTreeError ? error : WorkTreeError(error)
            }
        }
    }
}
