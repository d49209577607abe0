import Foundation

/// Where a reference points, and for an annotated tag the commit behind it.
struct ReferenceTarget: Sendable, Hashable {
    let object: String
    let type: String
    let commit: String
}

extension GitRunner {
    /// What git says for "no object".
    static let zeros = String(repeating: "0", count: 40)

    /// Makes an empty bare repository. Clients may fetch any commit by its id and may not write `refs/pull/`.
    func create(_ repository: Int64, defaultBranch: String) async throws {
        let path = path(repository)
        try await run(["init", "--bare", "--quiet", "--template=", "--initial-branch", defaultBranch, path])
        let settings = """
            [http]
            \treceivepack = true
            [receive]
            \thideRefs = refs/pull
            \tautogc = false
            [uploadpack]
            \tallowAnySHA1InWant = true
            \tallowFilter = true
            [gc]
            \tauto = 0

            """
        let config = URL(filePath: path + "/config")
        let text = try String(contentsOf: config, encoding: .utf8)
        try (text + settings).write(to: config, atomically: true, encoding: .utf8)
    }

    /// Makes a copy with the branches and tags of another repository.
    func fork(_ source: Int64, to copy: Int64, defaultBranch: String) async throws {
        try await create(copy, defaultBranch: defaultBranch)
        try await run(
            ["fetch", "--quiet", "--no-tags", path(source), "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"],
            in: copy)
    }

    func references(_ repository: Int64) async throws -> [String: ReferenceTarget] {
        let format = "%(objectname) %(objecttype) %(*objectname) %(refname)"
        let text = String(
            decoding: try await run(["for-each-ref", "--format=\(format)"], in: repository), as: UTF8.self)
        var references: [String: ReferenceTarget] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard words.count == 4 else { continue }
            references[words[3]] = ReferenceTarget(
                object: words[0], type: words[1], commit: words[2].isEmpty ? words[0] : words[2])
        }
        return references
    }

    /// Creates, moves or (with `nil`) deletes a reference; throws when the object or the name is bad.
    func setReference(_ name: String, to object: String?, in repository: Int64) async throws {
        if let object {
            try await run(["update-ref", "--", name, object], in: repository)
        } else {
            try await run(["update-ref", "-d", "--", name], in: repository)
        }
    }

    func setDefaultBranch(_ branch: String, in repository: Int64) async throws {
        try await run(["symbolic-ref", "HEAD", "refs/heads/\(branch)"], in: repository)
    }

    /// Copies a commit of one repository to a reference of another one.
    func copy(commit: String, from source: Int64, to reference: String, in target: Int64) async throws {
        if source != target {
            try await run(["fetch", "--quiet", "--no-tags", path(source), commit], in: target)
        }
        try await setReference(reference, to: commit, in: target)
    }

    func isCommit(_ object: String, in repository: Int64) async -> Bool {
        (try? await run(["cat-file", "-e", object + "^{commit}"], in: repository)) != nil
    }

    /// The commit that a branch, tag or id names; `nil` when there is none.
    func commit(of revision: String, in repository: Int64) async -> String? {
        guard !revision.hasPrefix("-"), !revision.isEmpty else { return nil }
        for candidate in ["refs/heads/\(revision)", "refs/tags/\(revision)", revision] {
            if let id = try? await line(
                ["rev-parse", "--verify", "--quiet", "--end-of-options", candidate + "^{commit}"], in: repository)
            {
                return id
            }
        }
        return nil
    }

    func isValidName(_ reference: String) async -> Bool {
        guard reference.hasPrefix("refs/heads/") || reference.hasPrefix("refs/tags/") else { return false }
        return (try? await run(["check-ref-format", reference])) != nil
    }
}
