import YAML

/// A script: its text, or `{file: path}` of one in the admin repository. Becomes the text.
struct Script: ValueKind {
    var source: ConfigSource

    var expected: String { "a script's text or {file: path}" }
    var plural: String { "scripts" }

    func read(_ node: YAMLNode, _ findings: Findings) -> String? {
        if node.entries != nil {
            let reader = MappingReader<ScriptKey>(node, findings, name: "the script")
            reader?.require(.file)
            return reader?.read(.file, ScriptFile(source: source))
        }
        guard let scalar = node.scalar, case .string(let text) = scalar.value else { return mismatch(node, findings) }
        if let problem = Self.problem(with: text) {
            let isPath = !text.contains("\n") && !text.hasPrefix("#!")
            findings.error(node.start, problem + (isPath ? "; a file is written {file: path}" : ""))
            return nil
        }
        return text
    }

    /// Why the system could not run it.
    static func problem(with text: String) -> String? {
        guard text.hasPrefix("#!") else { return "a script begins with #! and its interpreter, such as #!/bin/bash" }
        let line = text.utf8.dropFirst(2).prefix { $0 != 0x0A }
        guard line.drop(while: { $0 == 0x20 || $0 == 0x09 }).first == UInt8(ascii: "/") else {
            return "the script's first line must name its interpreter by the full path, such as #!/bin/bash"
        }
        guard !text.utf8.contains(0) else { return "the script holds a zero byte" }
        guard line.last != 0x0D else { return "the script has Windows line ends; no system finds such an interpreter" }
        return nil
    }
}

/// The path of a script in the admin repository. Becomes the script's text.
struct ScriptFile: TextKind {
    var source: ConfigSource

    var expected: String { "a path in the admin repository" }
    var plural: String { "paths" }

    /// The path in its one form.
    static func normal(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    func parse(_ path: String) throws(Mistake) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.hasPrefix("/"), !parts.contains("..") else {
            throw Mistake("\(quoted(path)) leaves the admin repository; paths are relative to its root, without ..")
        }
        guard !path.isEmpty, path.hasNoControlCharacters else { throw Mistake("not a path: \(quoted(path))") }
        switch source.content(Self.normal(path)) {
        case .missing: throw Mistake("there is no file \(quoted(path)) in the admin repository")
        case .unreadable(let reason): throw Mistake("the file \(quoted(path)) \(reason)")
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Mistake("the file \(quoted(path)) is not UTF-8")
            }
            if let problem = Script.problem(with: text) { throw Mistake("in the file \(quoted(path)): \(problem)") }
            return text
        }
    }
}
