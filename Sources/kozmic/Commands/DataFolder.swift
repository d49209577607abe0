import Foundation

/// Which data directory a command means.
enum DataFolder {
    static func path(_ flag: String?) -> String {
        let variable = ProcessInfo.processInfo.environment["KOZMIC_DATA_DIR"]
        var path = [flag, variable].compactMap(\.self).first { !$0.isEmpty } ?? "/var/lib/kozmic"
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    static func secretKeyFile(_ flag: String?, in folder: String) -> String {
        let variable = ProcessInfo.processInfo.environment["KOZMIC_SECRET_KEY_FILE"]
        return [flag, variable].compactMap(\.self).first { !$0.isEmpty } ?? "\(folder)/secret.key"
    }

    /// - Throws: `SettingProblem` when no server keeps its data in the folder.
    static func requireDatabase(_ folder: String) throws(SettingProblem) {
        guard FileManager.default.fileExists(atPath: "\(folder)/kozmic.sqlite") else { throw noDatabase(folder) }
    }

    /// What is said of a folder in which no server keeps its data.
    static func noDatabase(_ folder: String) -> SettingProblem {
        SettingProblem("there is no kozmic.sqlite in \(folder); set --data-dir")
    }
}
