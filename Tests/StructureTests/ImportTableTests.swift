import Foundation
import Testing

/// SwiftPM builds an import of a target that another dependency happened to bring along, so the arrows between our
/// targets are read from the `import` lines and held against `Package.swift`'s intention, written out here.
@Suite("Who may import whom")
struct ImportTableTests {
    /// Our targets and the outside modules that each one may import; Foundation and Logging are free for all.
    static let table: [String: Set<String>] = [
        "Git": ["CLibgit2", "ThreadPool"],
        "YAML": ["CLibyaml"],
        "Curl": ["CLibcurl", "CLinux"],
        "OpenSSL": ["COpenSSL"],
        "GitHub": ["Curl", "OpenSSL"],
        "DockerEngine": ["Curl", "ThreadPool"],
        "Pipes": ["CLinux"],
        "ThreadPool": ["CLinux"],
        "Zlib": ["CZlib"],
        "Model": ["OpenSSL"],
        "LineForms": [],
        "Config": ["Model", "YAML"],
        "Reconciler": ["Model", "GitHub"],
        "Runner": ["Model", "Git", "DockerEngine", "Pipes", "ThreadPool"],
        "Store": ["Model", "ThreadPool", "GRDB"],
        "Controller": [
            "Git", "YAML", "Curl", "OpenSSL", "GitHub", "DockerEngine", "LineForms", "Model", "Config", "Reconciler",
            "Runner", "Store", "ThreadPool", "ServiceLifecycle", "AsyncAlgorithms",
        ],
        "Web": Set(["LineForms", "Model", "Store", "GitHub", "OpenSSL", "Zlib", "Mustache"]).union(server),
        "GitHubSimulator": Set(["OpenSSL", "Subprocess"]).union(server),
        "kozmic": [
            "Git", "YAML", "Curl", "OpenSSL", "GitHub", "DockerEngine", "Model", "Config", "Reconciler", "Runner",
            "Store", "Controller", "Web", "GitHubSimulator", "ThreadPool", "ArgumentParser", "ServiceLifecycle",
            "UnixSignals", "Subprocess",
        ],
    ]

    /// Hummingbird and the packages whose types stand in its signatures.
    static let server: Set<String> = [
        "Hummingbird", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1", "ServiceLifecycle",
    ]

    /// What every target may use.
    static let free: Set<String> = [
        "Foundation", "FoundationEssentials", "Logging", "Synchronization", "Dispatch", "Glibc", "System",
    ]

    @Test("every import of every target is in the table", arguments: table.keys.sorted())
    func importsAreDeclared(target: String) throws {
        let allowed = try #require(Self.table[target]).union(Self.free)
        guard let folder = Sources.folder(of: target) else { return }
        for file in try Sources.swiftFiles(in: folder) {
            for module in try Sources.imports(of: file) {
                #expect(allowed.contains(module), "\(file.lastPathComponent) imports \(module)")
            }
        }
    }

    @Test("every folder with sources is in the table")
    func everyTargetIsListed() throws {
        let listed = Set(Self.table.keys)
        for name in try Sources.targetFolders() {
            let isModuleMap = FileManager.default.fileExists(
                atPath: Sources.root.appending(path: "Sources/Platform/\(name)/module.modulemap").path)
            #expect(isModuleMap || listed.contains(name), "\(name) has no row in the table")
        }
    }

    @Test("FoundationNetworking, forced tries and leftovers stay out of the sources")
    func forbiddenWords() throws {
        for file in try Sources.swiftFiles(in: Sources.root.appending(path: "Sources")) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in ["FoundationNetworking", "try!", "TODO", "FIXME", "fatalError("] {
                #expect(!text.contains(word), "\(file.path) holds \(word)")
            }
        }
    }
}

/// The package's own source files.
enum Sources {
    /// The folder of `Package.swift`.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let accessLevels: Set<String> = ["public", "package", "internal", "private", "fileprivate"]

    static func folder(of target: String) -> URL? {
        ["Sources/\(target)", "Sources/Platform/\(target)"].map { root.appending(path: $0) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    static func targetFolders() throws -> [String] {
        try ["Sources", "Sources/Platform"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
        }.filter { $0 != "Platform" && !$0.hasPrefix(".") }
    }

    static func swiftFiles(in folder: URL) throws -> [URL] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    }

    /// The modules named by a file's import declarations, with attributes, access levels and kinds skipped.
    static func imports(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            var words = line.split(separator: " ").map(String.init)
            guard line.first.map({ !$0.isWhitespace }) == true, let position = words.firstIndex(of: "import"),
                words[..<position].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) })
            else { return nil }
            words.removeFirst(position + 1)
            if let kind = words.first, ["struct", "class", "enum", "protocol", "func", "typealias"].contains(kind) {
                words.removeFirst()
            }
            return words.first?.split(separator: ".").first.map(String.init)
        }
    }
}
