import Config
import Controller
import Foundation
import Logging
import Model

/// `kozmic plan --explain`: where settings come from.
struct SettingsExplanation: Sendable {
    /// A project, or `kozmic.yaml`.
    var name: String
    /// The keys that lead to the settings; `nil` for all.
    var path: String?

    /// - Parameters:
    ///   - folder: a work tree; `nil` for the repository that the server reads.
    ///   - revision: of that repository.
    func print(as output: PlanOutput, folder: String?, _ revision: String?, _ options: ServeOptions) async throws {
        let values: [ExplainedValue]
        let diagnostics: [Diagnostic]
        if let folder {
            (values, diagnostics) = try await explain(with: try await AdminExplainer.folder(folder))
        } else {
            (values, diagnostics) = try await AdminRevision.explain(
                try configuration(options), revision: revision
            ) { explainer in try await explain(with: explainer) }
        }
        switch output {
        case .json: try Print.json(Document(project: name, settings: values))
        case .text, .markdown:
            for diagnostic in diagnostics where diagnostic.severity == .error { Print.error("\(diagnostic)") }
            for line in lines(values) { Swift.print(line.withoutControls) }
        }
    }

    private func explain(with explainer: AdminExplainer) async throws -> ([ExplainedValue], [Diagnostic]) {
        (try await explainer.explain(name, path: path), explainer.diagnostics)
    }

    private func configuration(_ options: ServeOptions) throws -> ControllerConfiguration {
        guard let key = SecretKey(bytes: [UInt8](repeating: 0, count: 32)) else {
            throw SettingProblem("there is no secret key")
        }
        var logger = Logger(label: "kozmic")
        logger.logLevel = .error
        return Server(settings: try ServeSettings(options), logger: logger).controllerConfiguration(
            instance: "plan", secretKey: key)
    }

    private struct Document: Encodable {
        var project: String
        var settings: [ExplainedValue]
    }

    private func lines(_ values: [ExplainedValue]) -> [String] {
        guard values.count > 1 || path == nil else { return values.flatMap(ExplanationText.details) }
        return ExplanationText.table(values)
    }
}

/// Explanations for people.
enum ExplanationText {
    /// One setting, with all that is known about it.
    static func details(_ value: ExplainedValue) -> [String] {
        var lines: [String] = []
        if let text = value.value, text.contains("\n") {
            lines.append("\(value.path):")
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
            if lines.last == "    " { lines.removeLast() }
        } else {
            lines.append("\(value.path): \(value.value ?? "not set")")
        }
        lines.append("  \(origin(value.level, value.place))")
        if let change = value.place?.change { lines.append("  \(words(change))") }
        if let script = value.script {
            lines.append("  the script is \(script.file)")
            if let change = script.change { lines.append("  \(words(change))") }
        }
        for other in value.overridden {
            lines.append("  instead of \(short(other.value)), \(origin(other.level, other.place))")
        }
        return lines
    }

    /// Many settings, one a line.
    static func table(_ values: [ExplainedValue]) -> [String] {
        let rows = values.map { value in
            [
                value.path, short(value.value ?? "-"),
                value.place.map { "\($0.file):\($0.line)" } ?? value.level.rawValue,
                value.place?.change.map(shortWords) ?? "",
            ]
        }
        let widths = (0..<3).map { column in min(48, rows.map { $0[column].count }.max() ?? 0) }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index < 3 ? cell.padding(to: widths[index]) : cell
            }
            return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }
    }

    private static func origin(_ level: ExplainedValue.Level, _ place: ConfigPlace?) -> String {
        guard let place else { return level.rawValue }
        let what = level == .defaults || level == .server ? level.rawValue : "the \(level.rawValue)"
        return "\(place.file):\(place.line):\(place.column) (\(what))"
    }

    private static func words(_ change: ConfigChange) -> String {
        guard let commit = change.commit, let date = change.date else { return change.subject }
        return "\(commit.prefix(12)) \(change.author), \(date.formatted(.iso8601)): \(change.subject)"
    }

    private static func shortWords(_ change: ConfigChange) -> String {
        guard let commit = change.commit, let date = change.date else { return change.subject }
        return "\(commit.prefix(8)) \(date.formatted(.iso8601.year().month().day())) \(change.author)"
    }

    /// On one line that is not too long.
    private static func short(_ text: String) -> String {
        let lines = text.split(separator: "\n")
        let first = lines.first.map { $0.count > 40 ? "\($0.prefix(39))…" : String($0) } ?? ""
        return lines.count > 1 ? "\(first) … (\(lines.count) lines)" : first
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
