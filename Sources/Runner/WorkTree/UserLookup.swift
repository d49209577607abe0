import DockerEngine

/// Finds the numbers of a user in an image, which the files under `/kozmic` belong to.
actor UserLookup {
    private struct Question: Hashable {
        let image: String
        let user: String
    }

    private let engine: DockerEngine
    private var answers: [Question: ContainerUser] = [:]

    init(engine: DockerEngine) { self.engine = engine }

    /// The numbers, if they were asked for before.
    func known(_ user: String, image: String) -> ContainerUser? { answers[Question(image: image, user: user)] }

    /// Reads the files of a container that was just made of the image; an image never changes, so once is enough.
    ///
    /// - Throws: `Ending` when the image has no such user.
    func find(_ user: String, image: String, named reference: String, container: String) async throws -> ContainerUser {
        let question = Question(image: image, user: user)
        if let answer = answers[question] { return answer }
        let passwd = try await file("/etc/passwd", in: container)
        let group = user.contains(":") ? try await file("/etc/group", in: container) : []
        guard let answer = ContainerUser(user, passwd: passwd, group: group) else {
            throw Ending.error(
                "the image \(reference) has no user '\(user)': add it to the image, or set `user` in the hook")
        }
        if answers.count >= 1000 { answers.removeAll() }
        answers[question] = answer
        return answer
    }

    /// The bytes of a file, empty if there is none. Some images have a link in its place.
    private func file(_ path: String, in container: String) async throws -> [UInt8] {
        var path = path
        for _ in 0..<5 {
            guard let archive = try await engine.getArchive(container, path: path, limit: 4 << 20) else { return [] }
            let entry: TarEntry?
            do {
                entry = try TarReader.entries(archive).first
            } catch {
                throw Ending.error("\(path) of the image cannot be read: \(error)")
            }
            switch entry?.content {
            case .bytes(let bytes): return bytes
            case .symlink(let target):
                let target = String(decoding: target, as: UTF8.self)
                let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
                path = target.hasPrefix("/") ? target : "\(folder)/\(target)"
            default: return []
            }
        }
        return []
    }
}
