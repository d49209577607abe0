import Foundation

/// A complete implementation of JSON Schema, where there is one, to check our own small one. It is given what our YAML
/// reader made of the files, because Python's reads the older YAML, where `on` is a truth value.
enum PythonValidator {
    struct Case: Encodable {
        var name: String
        /// `kozmic` or `project`.
        var schema: String
        var instance: JSON
        var isGood: Bool
    }

    static let isPresent = (try? run("import jsonschema; jsonschema.Draft202012Validator", Data())) == ""

    private struct Input: Encodable {
        var schemas: [String: JSON]
        var cases: [Case]
    }

    /// What it sees in another way, one line each.
    static func disagreements(_ cases: [Case]) throws -> String {
        let schemas = try ["kozmic", "project"].map { ($0, try SchemaFiles.schema($0)) }
        let input = Input(schemas: Dictionary(uniqueKeysWithValues: schemas), cases: cases)
        return try run(script, JSONEncoder().encode(input))
    }

    private static let script = """
        import json, sys
        from jsonschema import Draft202012Validator
        data = json.load(sys.stdin)
        for schema in data["schemas"].values():
            Draft202012Validator.check_schema(schema)
        validators = {name: Draft202012Validator(schema) for name, schema in data["schemas"].items()}
        for case in data["cases"]:
            errors = list(validators[case["schema"]].iter_errors(case["instance"]))
            if case["isGood"] != (not errors):
                print(case["name"], [error.message for error in errors])
        """

    private static func run(_ script: String, _ input: Data) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let file = FileManager.default.temporaryDirectory.appending(path: "kozmic-schema-\(UUID().uuidString)")
        try input.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
