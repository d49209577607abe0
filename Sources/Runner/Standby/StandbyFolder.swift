import Foundation
import Glibc
import Pipes

/// The volume of a standby container, which waits while it is filled.
///
/// Whatever runs in the container could put links into the volume, so nothing is written through it. The files are put
/// together beside it, on the same disk but out of the container's sight, and moved in when they are complete.
struct StandbyFolder: Sendable {
    /// What the container sees.
    let volume: VolumeFolder
    /// Where the files are put together; it goes with the volume.
    let staging: VolumeFolder

    /// - Returns: `nil` unless the volume is one of the engine's own, on this machine and within our reach. With SELinux
    ///   the files would keep the label of the place where they were made.
    init?(volume: VolumeFolder) {
        let path = URL(filePath: volume.path)
        let root = path.deletingLastPathComponent().path
        var status = stat()
        guard path.lastPathComponent == "_data", lstat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == 0, status.st_mode & 0o022 == 0, access("/sys/fs/selinux/enforce", F_OK) != 0
        else { return nil }
        let place = "\(root)/kozmic"
        guard mkdir(place, 0o700) == 0 || errno == EEXIST, let staging = VolumeFolder(place) else { return nil }
        self.volume = volume
        self.staging = staging
    }

    /// Makes the gate, and gives the empty volume to the user. Before the container is started.
    func prepare(for user: ContainerUser) throws -> StartGate {
        try volume.complete([], uid: uid_t(user.uid), gid: gid_t(user.gid))
        return try StartGate(
            at: "\(volume.path)/\(StandbyLauncher.gateName)", uid: uid_t(user.uid), gid: gid_t(user.gid))
    }

    /// Moves everything into the volume. A link that has the name of a file is replaced, never followed.
    func moveIn() throws {
        for name in ["src", ScriptPhase.build.fileName, StandbyLauncher.fileName] {
            let place = "\(volume.path)/\(name)"
            guard rename("\(staging.path)/\(name)", place) == 0 else { throw WorkTreeError(cannot: "make", place) }
        }
    }

    /// Whether the waiting shell has not gone on: then its small program is still there.
    static func isUntouched(volumeAt path: String) -> Bool {
        var status = stat()
        return lstat("\(path)/\(StandbyLauncher.fileName)", &status) == 0
    }
}
