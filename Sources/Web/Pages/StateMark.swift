import Model
import Mustache
import Store

/// How a state looks: a glyph of its own shape, a word, and the class that colours both.
struct StateMark: Sendable, MustacheParent {
    /// For the style sheet.
    var name: String
    /// For people.
    var word: String
    /// Inline SVG, our own drawing, 16 units square.
    var glyph: String
    /// Whether it may change by itself.
    var isOpen: Bool { name == "queued" || name == "running" || name == "waiting" }

    init(_ state: BuildState?) { self.init(named: state?.rawValue ?? "unknown") }
    init(_ state: JobState) { self.init(named: state.rawValue) }

    /// A build that waits for a person is not one that waits for its turn.
    init(_ build: BuildRecord?) {
        self.init(named: build?.awaitsApproval == true ? "waiting" : build?.state.rawValue ?? "unknown")
    }

    /// How the ref of its newest build is, which that one says only of what it did not skip.
    init(refOf build: BuildRecord?) {
        if let older = build?.older { self.init(older.state) } else { self.init(build) }
    }

    /// The same for a job of the build.
    init(_ job: JobRecord, of build: BuildRecord) {
        self.init(named: job.awaitsApproval(in: build) ? "waiting" : job.state.rawValue)
    }

    /// For what is not a build or a job but looks like one.
    init(_ name: String, word: String) {
        self.init(named: name)
        self.word = word
    }

    func child(named name: String) -> Any? {
        switch name {
        case "name": self.name
        case "word": word
        case "glyph": glyph
        case "isOpen": isOpen
        default: nil
        }
    }

    private init(named name: String) {
        self.name = name
        switch name {
        case "queued": (word, glyph) = ("Queued", Self.ring)
        case "waiting": (word, glyph) = ("Needs approval", Self.hand)
        case "running": (word, glyph) = ("Running", Self.arc)
        case "success": (word, glyph) = ("Passed", Self.check)
        case "failure": (word, glyph) = ("Failed", Self.cross)
        case "error": (word, glyph) = ("Error", Self.triangle)
        case "cancelled": (word, glyph) = ("Cancelled", Self.bar)
        case "skipped": (word, glyph) = ("Skipped", Self.arrow)
        default: (word, glyph) = ("No build", Self.dots)
        }
    }

    /// The glyph as a picture of its own. It has no style sheet, and lies on a browser's tabs, whose colour nobody knows:
    /// what is drawn with a pen has a white ground.
    static func icon(_ name: String, colour: String) -> String {
        let pen = "fill=\"none\" stroke-width=\"2\" stroke-linecap=\"round\" stroke-linejoin=\"round\" stroke"
        var picture = StateMark(named: name).glyph
        let isDrawn = !picture.contains("class=\"cut\"")
        picture = picture.replacing("class=\"cut\"", with: "\(pen)=\"#fff\"")
            .replacing("class=\"pen faint\"", with: "opacity=\".3\" \(pen)=\"\(colour)\"")
            .replacing("class=\"pen turn\"", with: "\(pen)=\"\(colour)\"")
            .replacing("class=\"pen\"", with: "\(pen)=\"\(colour)\"")
            .replacing("class=\"glyph\"", with: "xmlns=\"http://www.w3.org/2000/svg\" fill=\"\(colour)\"")
        guard isDrawn, let end = picture.firstIndex(of: ">") else { return picture }
        picture.insert(
            contentsOf: "<rect width=\"16\" height=\"16\" rx=\"8\" fill=\"#fff\"/>", at: picture.index(after: end))
        return picture
    }

    private static func svg(_ inner: String) -> String {
        "<svg class=\"glyph\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\(inner)</svg>"
    }

    private static let ring = svg("<circle class=\"pen\" cx=\"8\" cy=\"8\" r=\"6\"/>")
    private static let hand = svg(
        "<path d=\"M3.4 8.6V4a1 1 0 0 1 2 0v3.4h.5V2.2a1 1 0 0 1 2 0v5.2h.5V1.7a1 1 0 0 1 2 0v5.7h.5V3.2a1 1 0 0 1 2 0v7.2"
            + "c0 2.8-1.9 4.6-4.6 4.6-2 0-3.3-.8-4.2-2.4L1.9 9.7c-.5-1 .6-1.8 1.5-1.1Z\"/>")
    private static let arc = svg(
        "<circle class=\"pen faint\" cx=\"8\" cy=\"8\" r=\"6\"/><path class=\"pen turn\" d=\"M8 2a6 6 0 0 1 6 6\"/>")
    private static let check = svg(
        "<circle cx=\"8\" cy=\"8\" r=\"7\"/><path class=\"cut\" d=\"M4.8 8.3 7 10.5l4.2-4.8\"/>")
    private static let cross = svg(
        "<rect x=\"1\" y=\"1\" width=\"14\" height=\"14\" rx=\"3.5\"/><path class=\"cut\" d=\"m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6\"/>"
    )
    private static let triangle = svg(
        "<path d=\"M8 1.2c.5 0 .9.3 1.1.7l5.7 10.6c.5.9-.1 1.9-1.1 1.9H2.3c-1 0-1.6-1-1.1-1.9L6.9 1.9c.2-.4.6-.7 1.1-.7Z\"/>"
            + "<path class=\"cut\" d=\"M8 5.4v3.8m0 2.3v.1\"/>")
    private static let bar = svg("<circle cx=\"8\" cy=\"8\" r=\"7\"/><path class=\"cut\" d=\"M4.7 8h6.6\"/>")
    private static let arrow = svg("<path class=\"pen\" d=\"m3.2 4 4 4-4 4m5.6-8 4 4-4 4\"/>")
    private static let dots = svg("<circle class=\"pen dotted\" cx=\"8\" cy=\"8\" r=\"6\"/>")
}
