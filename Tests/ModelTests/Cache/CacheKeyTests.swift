import Foundation
import Model
import Testing

/// The expected values come from git and sha256sum, run on a real repository: another route than the code's own.
@Suite("Cache keys")
struct CacheKeyTests {
    private let image = "sha256:" + String(repeating: "4b", count: 32)
    private let script = "#!/bin/sh\necho 'ü'\n"

    @Test("The text is the one that is documented, its parts sorted and each path once")
    func text() throws {
        let entry = CacheKey.Entry(mode: "100644", type: "blob", object: String(repeating: "c", count: 40))
        let key = CacheKey(
            imageID: image, user: "kozmic", environment: ["b": "", "B": "2", "A_": "1", "A": "x"],
            installScript: script,
            tracked: [
                .init(path: Array("b c".utf8), entry: entry), .init(path: Array("a".utf8), entry: nil),
                .init(path: [0xFF], entry: nil), .init(path: Array("b c".utf8), entry: entry),
            ])
        let hash = { (text: String) in try Shell.run("printf %s \"$1\" | sha256sum | cut -d' ' -f1", [text]) }
        let head = """
            kozmic-cache 1
            image \(image)
            user kozmic
            env A \(try hash("x"))
            env A_ \(try hash("1"))
            env B \(try hash("2"))
            env b e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
            script \(try hash(script))
            missing\ta
            100644 blob cccccccccccccccccccccccccccccccccccccccc\tb c

            """
        #expect(key.text == Array(head.utf8) + Array("missing\t".utf8) + [0xFF, 0x0A])
    }

    @Test("git ls-tree and sha256sum come to the same key")
    func git() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-cache-key-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Shell.run(Self.makeRepository, in: folder)
        let paths = [
            "run.sh", "deps", ".", "a file.txt", "gr\u{FC}n.txt", "link", "sub", "no such", "plain", "deps/in",
        ].sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        let expected = try Shell.run(Self.expectedKey, [image, script, "a value"] + paths, in: folder)
        // What the tree says is read entry by entry, as `CacheKey` is given it by the program.
        let tracked = try paths.map { path in
            CacheKey.TrackedPath(path: Array(path.utf8), entry: try entry(path, in: folder))
        }
        let key = CacheKey(
            imageID: image, user: "root", environment: ["NAME": "a value"], installScript: script,
            tracked: tracked.reversed())
        #expect(key.description == expected)
        #expect(Set(tracked.compactMap(\.entry?.mode)) == ["100644", "100755", "120000", "040000", "160000"])
        #expect(tracked.count { $0.entry == nil } == 1)
    }

    private func entry(_ path: String, in folder: URL) throws -> CacheKey.Entry? {
        if path == "." {
            let tree = try Shell.run("git rev-parse 'HEAD^{tree}'", in: folder)
            return CacheKey.Entry(mode: "040000", type: "tree", object: tree)
        }
        let line = try Shell.run("git ls-tree HEAD -- \"$1\" | cut -f1", [path], in: folder).split(separator: " ").map(
            String.init)
        guard line.count == 3 else { return nil }
        return CacheKey.Entry(mode: line[0], type: line[1], object: line[2])
    }

    private static let makeRepository = """
        git init -q .
        mkdir deps; echo 1 >deps/in; echo 2 >plain; echo 3 >'a file.txt'; echo 4 >grün.txt
        echo 5 >run.sh; chmod +x run.sh; ln -s plain link
        git add .
        git update-index --add --cacheinfo 160000,4b825dc642cb6eb9a060e54bf8d69288fbee4904,sub
        git -c user.name=A -c user.email=a@example.org commit -q -m one
        """

    /// The recipe of the documentation as a shell script.
    private static let expectedKey = """
        image=$1 script=$2 value=$3; shift 3
        {
          printf 'kozmic-cache 1\\nimage %s\\nuser root\\n' "$image"
          printf 'env NAME %s\\n' "$(printf %s "$value" | sha256sum | cut -d' ' -f1)"
          printf 'script %s\\n' "$(printf %s "$script" | sha256sum | cut -d' ' -f1)"
          for path; do
            if [ "$path" = . ]; then printf '040000 tree %s\\t.\\n' "$(git rev-parse 'HEAD^{tree}')"
            elif [ -n "$(git ls-tree HEAD -- "$path")" ]; then git ls-tree -z HEAD -- "$path" | tr '\\0' '\\n'
            else printf 'missing\\t%s\\n' "$path"; fi
          done
        } | sha256sum | cut -d' ' -f1
        """

    @Test("Everything that counts changes the key")
    func changes() {
        func key(
            image: String = "i", user: String = "u", environment: [String: String] = ["A": "1"], script: String = "s",
            path: String = "p", entry: CacheKey.Entry? = .init(mode: "100644", type: "blob", object: "o")
        ) -> String {
            CacheKey(
                imageID: image, user: user, environment: environment, installScript: script,
                tracked: [.init(path: Array(path.utf8), entry: entry)]
            ).description
        }
        let keys = [
            key(), key(image: "j"), key(user: "v"), key(environment: [:]), key(environment: ["A": "2"]),
            key(environment: ["B": "1"]), key(script: "t"), key(path: "q"), key(entry: nil),
            key(entry: .init(mode: "100755", type: "blob", object: "o")),
            key(entry: .init(mode: "100644", type: "blob", object: "p")),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.utf8.count == 64 })
    }
}
