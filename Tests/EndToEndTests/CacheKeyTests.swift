import Foundation
import Testing

@testable import kozmic

/// `kozmic cache key` against what anyone can compute with git and sha256sum.
@Suite("Cache keys by hand")
struct CacheKeyTests {
    static let image = "sha256:" + String(repeating: "ab", count: 32)

    @Test(
        "are equal for every kind of tracked path",
        arguments: [
            ["README.md"], ["dir"], ["link"], ["bin/run.sh"], ["vendored"], ["gone.txt"], ["."],
            ["dir with space/naïve file.txt", "ü/日本.txt"],
            [".", "vendored", "README.md", "dir", "link", "bin/run.sh", "gone/too", "ü/日本.txt", "-dash", "*.txt"],
        ])
    func equal(paths: [String]) async throws {
        try await Scratch.with { folder in
            let (repository, commit) = try await zoo(folder)
            let script = "#!/bin/bash\nset -eu\necho 'ünïcode' \"$1\"\n\n"
            let names = paths.map { "'\($0)'" }.joined(separator: ", ")
            try Scratch.write(
                [
                    "scripts/install.sh": script,
                    "projects/p.yaml": """
                    repository: Acme/Widget
                    hooks:
                      tests:
                        image: kozmic/debian:bookworm
                        user: builder
                        install_script: {file: scripts/install.sh}
                        tracked_files: [\(names)]
                        build_script: {file: scripts/install.sh}
                        env: {B: "x", A: "line 1\\nline 2", EMPTY: ''}
                    """,
                ], in: "\(folder)/config")
            let printed = try await Shell.run(
                Program.kozmic,
                [
                    "cache", "key", "acme/widget/tests", "--repo", repository, "--commit", "v1", "--config",
                    "\(folder)/config", "--image-id", Self.image,
                ])
            let byHand = KeyByHand(
                repository: repository, commit: commit, image: Self.image, user: "builder",
                environment: ["A": "line 1\nline 2", "B": "x", "EMPTY": ""], script: script, paths: paths)
            #expect(printed == "\(try await byHand.key())\n")
        }
    }

    /// A repository that holds everything that git can hold. Answers it and its commit, which the tag v1 names.
    private func zoo(_ folder: String) async throws -> (repository: String, commit: String) {
        let repository = "\(folder)/widget"
        try await Shell.script(
            """
            git init --quiet --initial-branch main "$1"
            cd "$1"
            mkdir -p bin dir/deep 'dir with space' ü
            echo readme >README.md
            echo deep >dir/deep/file
            echo text >'dir with space/naïve file.txt'
            echo text >ü/日本.txt
            echo dash >./-dash
            printf '#!/bin/sh\\n' >bin/run.sh
            chmod 755 bin/run.sh
            ln -s ../outside link
            git add -A
            git commit --quiet --message one
            git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),vendored"
            git commit --quiet --message two
            git tag --annotate --message tag v1
            git rm --quiet --cached README.md
            git commit --quiet --message later
            """, [repository], environment: World.gitEnvironment)
        let commit = try await Shell.run("git", ["rev-parse", "v1^{commit}"], in: repository)
        return (repository, commit.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// A cache key as the documentation says, by git and sha256sum.
struct KeyByHand {
    var repository: String
    var commit: String
    var image: String
    var user: String
    var environment: [String: String]
    var script: String
    var paths: [String]

    func key() async throws -> String {
        try await Scratch.with { folder in
            try Scratch.write(["script": script], in: folder)
            var variables: [String] = []
            for (name, value) in environment.sorted(by: { $0.key < $1.key }) { variables += [name, value] }
            return try await Shell.script(
                """
                commit=$1 image=$2 user=$3 script=$4 count=$5
                shift 5
                hash() { sha256sum | cut --delimiter ' ' --fields 1; }
                {
                    printf 'kozmic-cache 1\\nimage %s\\nuser %s\\n' "$image" "$user"
                    for _ in $(seq "$count"); do
                        printf 'env %s %s\\n' "$1" "$(printf %s "$2" | hash)"
                        shift 2
                    done
                    printf 'script %s\\n' "$(hash <"$script")"
                    printf '%s\\n' "$@" | LC_ALL=C sort | while IFS= read -r path; do
                        if [ "$path" = . ]; then
                            printf '040000 tree %s\\t.\\n' "$(git rev-parse "$commit^{tree}")"
                        elif [ "$(git --literal-pathspecs ls-tree "$commit" -- "$path")" ]; then
                            git --literal-pathspecs ls-tree -z "$commit" -- "$path" | tr '\\0' '\\n'
                        else
                            printf 'missing\\t%s\\n' "$path"
                        fi
                    done
                } | hash
                """, [commit, image, user, "\(folder)/script", "\(environment.count)"] + variables + paths,
                in: repository, environment: World.gitEnvironment
            ).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
