import Foundation
import Logging
import Model
import ServiceLifecycle
import Store

/// Takes what the command line asks of a running server: files in `<data>/requests`, each one request.
///
/// The database belongs to the server alone, so another program leaves a file: whoever may write into the data
/// directory may ask. A file counts when it is there, also when the server was not running; its request is stored
/// before it is removed, under its own name, so a crash in between carries nothing out twice.
struct RequestFolder: Service {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let logger: Logger

    init(configuration: ControllerConfiguration, store: Store, logger: Logger) {
        self.configuration = configuration
        self.store = store
        self.logger = logger
    }

    /// The size of the largest file that is read.
    private static let maximumBytes = 1 << 20

    /// Looks every other second until graceful shutdown.
    func run() async throws {
        await PassLoop(topics: [], interval: .seconds(2), changes: store.changes).run {
            await pass()
            return nil
        }
    }

    /// Takes all requests that are there.
    func pass() async {
        let folder = RotationRequest.folder(dataDirectory: configuration.dataDirectory)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names.sorted() where name.hasSuffix(".json") {
            let path = "\(folder)/\(name)"
            guard let request = read(path) else {
                logger.error("\(path) holds no request and is removed")
                try? FileManager.default.removeItem(atPath: path)
                continue
            }
            do {
                let taken = try await store.rotate(request, adminRepository: configuration.adminRepositoryName)
                try? FileManager.default.removeItem(atPath: path)
                guard let taken else { continue }
                logger.notice(
                    "fresh \(request.kind.rawValue) were asked for",
                    metadata: [
                        "repositories": "\(taken.repositories.map(\.description).joined(separator: ", "))",
                        "unknown": "\(taken.unknown.map(\.description).joined(separator: ", "))",
                    ])
            } catch {
                logger.error("a request for rotation could not be stored: \(error)")
            }
        }
    }

    private func read(_ path: String) -> RotationRequest? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: Self.maximumBytes) else { return nil }
        return try? JSONDecoder().decode(RotationRequest.self, from: data)
    }
}
