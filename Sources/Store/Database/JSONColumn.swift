import Foundation
import Model

/// Configuration as it stands in a column.
///
/// Reading is lenient towards rows of an older version: a key that such a row lacks has the value it has in a
/// configuration that does not mention it, so that a new setting needs no migration of old jobs.
enum JSONColumn {
    /// Keys sorted, so that equal values are equal texts.
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static let hooks = DecodedTexts<Hook>(limit: 4 << 20)
    private static let settings = DecodedTexts<ServerSettings>(limit: 1 << 20)
    private static let projects = DecodedTexts<Project>(limit: 8 << 20)

    /// A job's hook.
    static func hook(_ text: String) throws -> Hook {
        try hooks.value(text) { text in
            try decode(Hook.self, text) { stored in try merge(stored, over: hookDefaults()) }
        }
    }

    /// A project's configuration.
    static func project(_ text: String) throws -> Project {
        try projects.value(text) { text in
            try decode(Project.self, text) { stored in
                guard let name = RepositoryName("o/r") else { return stored }
                let defaults = try object(Project(repository: name, hooks: []))
                var merged = merge(stored, over: defaults)
                let hookDefaults = try hookDefaults()
                let hooks = merged["hooks"] as? [[String: Any]] ?? []
                merged["hooks"] = hooks.map { merge($0, over: hookDefaults) }
                return merged
            }
        }
    }

    /// The settings of the server.
    static func serverSettings(_ text: String) throws -> ServerSettings {
        try settings.value(text) { text in
            try decode(ServerSettings.self, text) { stored in merge(stored, over: try object(ServerSettings())) }
        }
    }

    /// What a delivery was decided by.
    static func explanation(_ text: String) throws -> DeliveryExplanation {
        try JSONDecoder().decode(DeliveryExplanation.self, from: Data(text.utf8))
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ text: String, completed: ([String: Any]) throws -> [String: Any]
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch DecodingError.keyNotFound {
            let stored = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            let data = try JSONSerialization.data(withJSONObject: try completed(stored))
            return try JSONDecoder().decode(type, from: data)
        }
    }

    private static func hookDefaults() throws -> [String: Any] {
        guard let id = HookID("x") else { return [:] }
        return try object(Hook(id: id, triggers: Triggers(push: nil, pullRequest: nil), image: "", buildScript: ""))
    }

    private static func object(_ value: some Encodable) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any] ?? [:]
    }

    private static func merge(_ stored: [String: Any], over defaults: [String: Any]) -> [String: Any] {
        defaults.merging(stored) { old, new in
            if let old = old as? [String: Any], let new = new as? [String: Any] { return merge(new, over: old) }
            return new
        }
    }
}
