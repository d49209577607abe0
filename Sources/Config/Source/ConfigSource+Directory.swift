import Foundation

extension ConfigSource {
    /// Why a folder cannot be read.
    public struct DirectoryError: Error, Sendable, CustomStringConvertible {
        /// One sentence with the folder's name.
        public let description: String
    }

    /// Files and folders under `projects/` that are looked at.
    private static let maximumEntries = 20_000

    /// A work tree. Symbolic links are not followed.
    public static func directory(_ path: String) throws(DirectoryError) -> ConfigSource {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw DirectoryError(description: "'\(path)' is not a folder")
        }
        return ConfigSource(paths: try projectFiles(under: path)) { file in content(file, in: path) }
    }

    private static func projectFiles(under root: String) throws(DirectoryError) -> [String] {
        var files: [String] = []
        var folders = ["projects"]
        var seen = 0
        while let folder = folders.popLast() {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)") else {
                // No folder `projects` is fine; one below it that cannot be listed hides projects.
                if folder == "projects", kind(of: folder, in: root) == nil { continue }
                throw DirectoryError(description: "'\(root)/\(folder)' cannot be listed")
            }
            seen += names.count
            guard seen <= maximumEntries else {
                throw DirectoryError(description: "'\(root)/projects' holds more than \(maximumEntries) files")
            }
            for path in names.map({ "\(folder)/\($0)" }) {
                if kind(of: path, in: root) == .typeDirectory {
                    folders.append(path)
                } else {
                    files.append(path)
                }
            }
        }
        return files
    }

    private static func content(_ path: String, in root: String) -> Content {
        var parts = path.split(separator: "/")
        while parts.count > 1 {
            parts.removeLast()
            if kind(of: parts.joined(separator: "/"), in: root) == .typeSymbolicLink {
                return .unreadable("is under a symbolic link")
            }
        }
        switch kind(of: path, in: root) {
        case .typeRegular: break
        case .typeSymbolicLink: return .unreadable("is a symbolic link")
        case .typeDirectory: return .unreadable("is a folder")
        // Listed by a name in which something stands for the bytes that are no text, so it is not found by it.
        case nil: return path.unicodeScalars.contains("\u{FFFD}") ? .unreadable(isMisnamed) : .missing
        default: return .unreadable("is not a regular file")
        }
        guard let handle = FileHandle(forReadingAtPath: "\(root)/\(path)"),
            let data = try? handle.read(upToCount: maximumFileBytes + 1) ?? Data()
        else { return .unreadable("cannot be read") }
        return data.count <= maximumFileBytes ? .bytes(Array(data)) : .unreadable(isTooLarge)
    }

    /// Of the thing itself, not of what a link points at.
    private static func kind(of path: String, in root: String) -> FileAttributeType? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
        return attributes?[.type] as? FileAttributeType
    }
}
