import Foundation

/// A prepared work tree of one commit. It is never changed: it lies below the volumes of jobs.
struct TreeTemplate: Sendable, Hashable {
    /// Those of a project and of a container's user, who owns the files.
    struct Group: Sendable, Hashable {
        /// A folder below that of all templates.
        let folder: String

        init(repository: String, uid: Int, gid: Int) {
            folder = "\(Self.project(repository))/\(uid)-\(gid)"
        }

        /// The folder of a project, which has one for each user.
        static func project(_ repository: String) -> String { repository.replacing("/", with: "+") }
    }

    /// Its folder below that of all templates.
    let name: String
    let commit: String
    /// How many files and folders it has.
    let entries: Int
    /// When it was made, in milliseconds since 1970.
    let stamp: Int64

    init(_ group: Group, commit: String, entries: Int, stamp: Int64) {
        name = "\(group.folder)/\(commit)-\(entries)-\(stamp)-\(Self.boot)"
        self.commit = commit
        self.entries = entries
        self.stamp = stamp
    }

    /// Reads the name of a folder.
    ///
    /// - Returns: `nil` for anything else, and for one that was made before the machine was started: nobody waited until
    ///   its files were on the disk.
    init?(_ name: String) {
        let parts = name.split(separator: "/").last?.split(separator: "-") ?? []
        guard parts.count == 4, parts[0].utf8.count == 40, let entries = Int(parts[1]), let stamp = Int64(parts[2]),
            parts[3] == Self.boot
        else { return nil }
        self.name = name
        commit = String(parts[0])
        self.entries = entries
        self.stamp = stamp
    }

    /// Whether they can be told from those that were made before the machine was started.
    static var isDurable: Bool { !boot.isEmpty }

    /// Different after each start of the machine; empty where that is not known.
    private static let boot: String = {
        let text = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        return String(text.filter(\.isHexDigit).prefix(16))
    }()
}
