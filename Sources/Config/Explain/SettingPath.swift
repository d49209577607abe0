import Model

/// Finds settings by the keys that lead to them.
public enum SettingPath {
    /// Nothing has such a path.
    public struct Unknown: Error, Sendable, CustomStringConvertible {
        /// One sentence, with the path that was most likely meant.
        public let description: String
    }

    /// The settings at or below a path such as `hooks.tests.timeout` or `hooks.tests`; all of them without one.
    public static func select(
        _ values: [ExplainedValue], path: String?
    ) throws(Unknown) -> [ExplainedValue] {
        guard let path, !path.isEmpty else { return values }
        let found = values.filter { $0.path == path || $0.path.hasPrefix(path + ".") }
        guard found.isEmpty else { return found }
        let parents = values.flatMap { value in
            value.path.indices.filter { value.path[$0] == "." }.map { String(value.path[..<$0]) }
        }
        let near = Suggestion.nearest(to: path, among: values.map(\.path) + Set(parents).sorted())
        throw Unknown(
            description: "there is no setting \(quoted(path))" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
}
