import Foundation

/// What a job's volume has above a template: what is different in its commit, and all that its script writes. Volumes of
/// this kind are overlay mounts, which the engine makes when it starts the container.
///
/// It lies in the engine's own folder of the volume, beside the place where the mount goes. So it is on the engine's disk,
/// as the files of other jobs are, and the engine removes it with the volume: nobody has to remember it.
struct TreeLayer: Sendable {
    private let folder: String

    /// - Parameter volumes: the engine's folder of all volumes.
    init(of volume: String, in volumes: String) { folder = "\(volumes)/\(volume)" }

    /// Where the engine must say that the volume is; if not, it keeps its volumes in another way.
    var mountpoint: String { "\(folder)/_data" }

    var upper: String { "\(folder)/upper" }
    private var work: String { "\(folder)/work" }

    /// Makes the empty folders in a new volume.
    func make() throws {
        let files = FileManager.default
        for folder in [upper, work] { try files.createDirectory(atPath: folder, withIntermediateDirectories: false) }
        // What is made above an existing folder shall have the same mode, whatever our mask is.
        try files.createDirectory(
            atPath: "\(upper)/src", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    }

    /// The options of the volume. Without `redirect_dir` a script could not rename a folder of its work tree.
    func options(over template: String) -> [String: String] {
        [
            "type": "overlay", "device": "overlay",
            "o": "lowerdir=\(template),upperdir=\(upper),workdir=\(work),redirect_dir=on",
        ]
    }

    /// Whether a path can be named in such options.
    static func isNameable(_ path: String) -> Bool {
        path.hasPrefix("/") && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !Array(#":,\""#.utf8).contains($0) }
    }
}
