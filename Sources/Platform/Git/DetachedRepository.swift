import FoundationEssentials
import Glibc

/// Writes the `.git` of a checkout by hand: it takes a few files, and libgit2 would copy the objects one by one.
enum DetachedRepository {
    static func create(
        in directory: String, commit: String, tags: [BareRepository.Tag], origin: String?, objectsFrom mirror: String,
        linking: Bool
    ) throws(GitError) {
        let root = "\(directory)/.git"
        do {
            for folder in ["objects/info", "objects/pack", "refs/heads", "refs/tags", "info"] {
                try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
            }
            try write("\(commit)\n", to: "\(root)/HEAD")
            try write(configuration(origin), to: "\(root)/config")
            if !tags.isEmpty { try write(packedReferences(tags), to: "\(root)/packed-refs") }
        } catch {
            throw GitError(.other, "cannot write \(root): \(error)")
        }
        try share("\(mirror)/objects", with: "\(root)/objects", linking: linking)
    }

    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private static func configuration(_ origin: String?) -> String {
        let core =
            "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n"
        guard let origin else { return core }
        // Quoted because of `#` and `;`; the address was checked to hold neither quotes nor line breaks.
        return core + "[remote \"origin\"]\n\turl = \"\(origin)\"\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
    }

    private static func packedReferences(_ tags: [BareRepository.Tag]) -> String {
        tags.reduce(into: "# pack-refs with: peeled fully-peeled sorted \n") { text, tag in
            text += "\(tag.target) \(tag.name)\n"
            if let peeled = tag.peeled { text += "^\(peeled)\n" }
        }
    }

    /// Links or copies packs and loose objects. Git never changes these files, only adds and removes some.
    private static func share(_ source: String, with target: String, linking: Bool) throws(GitError) {
        do {
            let files = FileManager.default
            for name in try files.contentsOfDirectory(atPath: source) {
                let isLoose = name.utf8.count == 2 && name.utf8.allSatisfy { $0 != UInt8(ascii: ".") }
                guard name == "pack" || isLoose else { continue }
                try files.createDirectory(atPath: "\(target)/\(name)", withIntermediateDirectories: true)
                for file in try files.contentsOfDirectory(atPath: "\(source)/\(name)")
                where isLoose || file.hasSuffix(".pack") || file.hasSuffix(".idx") {
                    let (from, to) = ("\(source)/\(name)/\(file)", "\(target)/\(name)/\(file)")
                    if linking, link(from, to) == 0 { continue }
                    try LibGit2.checkCancellation()
                    try files.copyItem(atPath: from, toPath: to)
                }
            }
        } catch let error as GitError {
            throw error
        } catch {
            throw GitError(.other, "cannot copy the objects of \(source): \(error)")
        }
    }
}
