import Glibc
import ThreadPool

/// Packs an archive, a chunk at a time. Small files share a chunk: a tree has many of them, and each hop costs.
actor TarPacker {
    private static let chunkSize = 256 << 10

    private var todo: [Step]
    private var file: OpenFile?
    private var fileLeft: Int64 = 0
    private var fileSize: Int64 = 0
    private var scratch: [UInt8] = []
    private var isOver = false
    private nonisolated let executor = SerialLane()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The last one is next.
    private enum Step {
        case entry(TarEntry)
        case path(source: [UInt8], path: [UInt8], uid: UInt32, gid: UInt32, isRoot: Bool)
    }

    init(parts: [TarStream.Part]) {
        todo = parts.reversed().map { part in
            switch part {
            case .entry(let entry): .entry(entry)
            case .tree(let folder, let prefix, let uid, let gid):
                .path(source: [UInt8](folder.utf8), path: prefix, uid: uid, gid: gid, isRoot: true)
            }
        }
    }

    /// `nil` at the end.
    func next() throws -> [UInt8]? {
        guard !isOver else { return nil }
        // An error is the end.
        isOver = true
        var buffer: [UInt8] = []
        buffer.reserveCapacity(Self.chunkSize + 8 * TarHeader.blockSize)
        while buffer.count < Self.chunkSize {
            if let file {
                try read(file, into: &buffer)
            } else if let step = todo.popLast() {
                try begin(step, &buffer)
            } else {
                buffer.append(contentsOf: repeatElement(0, count: 2 * TarHeader.blockSize))
                return buffer
            }
        }
        isOver = false
        return buffer
    }

    private func begin(_ step: Step, _ buffer: inout [UInt8]) throws {
        switch step {
        case .path(let source, let path, let uid, let gid, let isRoot):
            try begin(source: source, path: path, uid: uid, gid: gid, isRoot: isRoot, &buffer)
        case .entry(let entry):
            var header = TarHeader(
                path: try Self.checked(entry.path), kind: .file, mode: entry.mode, uid: entry.uid, gid: entry.gid,
                modified: entry.modified)
            switch entry.content {
            case .directory:
                header.kind = .directory
                header.path.append(UInt8(ascii: "/"))
                header.append(to: &buffer)
            case .symlink(let target):
                try Self.link(&header, to: target)
                header.append(to: &buffer)
            case .bytes(let bytes):
                header.size = Int64(bytes.count)
                header.append(to: &buffer)
                buffer += bytes
                TarHeader.pad(&buffer, after: header.size)
            case .file(let path):
                try open(OpenFile([UInt8](path.utf8), follows: true), header, &buffer)
            }
        }
    }

    private func begin(
        source: [UInt8], path: [UInt8], uid: UInt32, gid: UInt32, isRoot: Bool, _ buffer: inout [UInt8]
    ) throws {
        var status = stat()
        // Only the root may be a link: it is the caller's word, all below is somebody else's.
        let result = source.withCPath { isRoot ? stat($0, &status) : lstat($0, &status) }
        guard result == 0 else { throw OpenFile.problem("read", source) }
        let leavesOut = isRoot && path.allSatisfy { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
        var header = TarHeader(
            path: leavesOut ? [] : try Self.checked(path), kind: .file, mode: UInt16(status.st_mode & 0o7777), uid: uid,
            gid: gid, modified: Int64(status.st_mtim.tv_sec))
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            header.kind = .directory
            header.path.append(UInt8(ascii: "/"))
            if !leavesOut { header.append(to: &buffer) }
            let inside = leavesOut ? [] : header.path
            for name in try OpenFile.names(in: source).reversed() {
                todo.append(
                    .path(
                        source: source + [UInt8(ascii: "/")] + name, path: inside + name, uid: uid, gid: gid,
                        isRoot: false))
            }
        case S_IFLNK:
            try Self.link(&header, to: OpenFile.target(of: source))
            header.append(to: &buffer)
        case S_IFREG where !leavesOut:
            try open(OpenFile(source, follows: isRoot), header, &buffer)
        default:
            if isRoot { throw TarError("\(String(decoding: source, as: UTF8.self)) is no folder") }
        }
    }

    private func open(_ file: OpenFile, _ header: TarHeader, _ buffer: inout [UInt8]) throws {
        var header = header
        header.size = file.size
        header.append(to: &buffer)
        guard file.size > 0 else { return }
        self.file = file
        fileSize = file.size
        fileLeft = file.size
    }

    private func read(_ file: OpenFile, into buffer: inout [UInt8]) throws {
        if scratch.isEmpty { scratch = [UInt8](repeating: 0, count: Self.chunkSize) }
        let wanted = min(fileLeft, Int64(scratch.count), Int64(max(TarHeader.blockSize, Self.chunkSize - buffer.count)))
        let count = try file.read(&scratch, Int(wanted))
        // Its size is in the archive already.
        guard count > 0 else { throw TarError("\(file.name) became shorter while it was read") }
        buffer += scratch[..<count]
        fileLeft -= Int64(count)
        if fileLeft == 0 {
            TarHeader.pad(&buffer, after: fileSize)
            self.file = nil
        }
    }

    private static func link(_ header: inout TarHeader, to target: [UInt8]) throws {
        guard !target.isEmpty, target.count <= TarHeader.longestPath, !target.contains(0) else {
            throw TarError("\(String(decoding: header.path, as: UTF8.self)) links to nothing that can be")
        }
        header.kind = .symlink
        header.mode = 0o777
        header.link = target
    }

    private static func checked(_ path: [UInt8]) throws -> [UInt8] {
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).filter {
            !$0.elementsEqual(".".utf8)
        }
        guard !parts.isEmpty, path.first != UInt8(ascii: "/"), path.count <= TarHeader.longestPath, !path.contains(0),
            !parts.contains(where: { $0.elementsEqual("..".utf8) })
        else { throw TarError("no path for an archive: \(String(decoding: path.prefix(200), as: UTF8.self))") }
        return Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }
}
