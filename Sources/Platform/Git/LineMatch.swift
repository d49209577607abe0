import CLibgit2

/// Which lines of a text were there before.
enum LineMatch {
    /// For each line of the new text, its number in the old one, from 1; `nil` for a line that is new.
    static func between(_ old: [UInt8], _ new: [UInt8]) throws(GitError) -> [Int?] {
        var options = git_diff_options()
        git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
        options.context_lines = .max
        options.flags = GIT_DIFF_FORCE_TEXT.rawValue
        var lines: [Int?] = []
        let code = withUnsafeMutablePointer(to: &lines) { lines in
            old.withUnsafeBytes { old in
                new.withUnsafeBytes { new in
                    git_diff_buffers(
                        old.baseAddress, old.count, nil, new.baseAddress, new.count, nil, &options, nil, nil, nil,
                        { _, _, line, lines in
                            guard let line = line?.pointee,
                                let lines = lines?.assumingMemoryBound(to: [Int?].self)
                            else { return 0 }
                            switch UInt8(bitPattern: line.origin) {
                            case UInt8(ascii: " "): lines.pointee.append(Int(line.old_lineno))
                            case UInt8(ascii: "+"): lines.pointee.append(nil)
                            default: break
                            }
                            return 0
                        }, lines)
                }
            }
        }
        try LibGit2.check(code, "cannot compare two texts")
        return lines
    }
}

extension GitBlame.Hunk {
    /// The hunks of a text, given those of an older one.
    static func carried(_ hunks: [GitBlame.Hunk], along lines: [Int?]) -> [GitBlame.Hunk] {
        let writers = hunks.flatMap { [String?](repeating: $0.commit, count: $0.lineCount) }
        var result: [GitBlame.Hunk] = []
        for (index, line) in lines.enumerated() {
            let commit = line.flatMap { writers.indices.contains($0 - 1) ? writers[$0 - 1] : nil }
            if let last = result.last, last.commit == commit {
                result[result.count - 1] = GitBlame.Hunk(
                    firstLine: last.firstLine, lineCount: last.lineCount + 1, commit: commit)
            } else {
                result.append(GitBlame.Hunk(firstLine: index + 1, lineCount: 1, commit: commit))
            }
        }
        return result
    }
}
