import Model

/// How a state looks: a glyph of its own shape, a word, and the class that colours both.
struct StateMark: Sendable {
    /// For the style sheet.
    var name: String
    /// For people.
    var word: String
    /// Inline SVG, our own drawing, 16 units square.
    var glyph: String

    init(_ state: BuildState?) { self.init(named: state?.rawValue ?? "unknown") }
    init(_ state: JobState) { self.init(named: state.rawValue) }
    init(_ status: ProjectConditionWord) { self.init(named: status.rawValue) }

    private init(named name: String) {
        self.name = name
        switch name {
        case "queued": (word, glyph) = ("queued", Self.ring)
        case "running": (word, glyph) = ("running", Self.arc)
        case "success": (word, glyph) = ("passed", Self.check)
        case "failure": (word, glyph) = ("failed", Self.cross)
        case "error": (word, glyph) = ("error", Self.triangle)
        case "cancelled": (word, glyph) = ("cancelled", Self.bar)
        case "skipped": (word, glyph) = ("skipped", Self.arrow)
        default: (word, glyph) = ("nothing yet", Self.dot)
        }
    }

    /// What a project's synchronisation looks like.
    enum ProjectConditionWord: String { case success, running, error }

    private static func svg(_ inner: String) -> String {
        "<svg class=\"glyph\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\(inner)</svg>"
    }

    private static let stroke = "fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\""
    private static let ring = svg("<circle cx=\"8\" cy=\"8\" r=\"5.5\" \(stroke)/>")
    private static let arc = svg("<path class=\"turn\" d=\"M8 2.5a5.5 5.5 0 1 1-5.5 5.5\" \(stroke)/>")
    private static let check = svg("<path d=\"M3 8.5 6.5 12 13 4.5\" \(stroke)/>")
    private static let cross = svg("<path d=\"M4 4l8 8M12 4l-8 8\" \(stroke)/>")
    private static let triangle = svg("<path d=\"M8 2.5 14 13H2ZM8 6.5v3M8 11.2v.1\" \(stroke)/>")
    private static let bar = svg("<path d=\"M3 8h10\" \(stroke)/>")
    private static let arrow = svg("<path d=\"M3 4l5 4-5 4M8.5 4l5 4-5 4\" \(stroke)/>")
    private static let dot = svg("<circle cx=\"8\" cy=\"8\" r=\"2\" fill=\"currentColor\"/>")
}
