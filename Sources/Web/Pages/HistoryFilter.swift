import Foundation
import HTTPTypes
import Hummingbird
import Model
import Store

/// What of a project's history is shown, as the address says it: `?ref=main&status=failure&author=mona&q=sprocket`.
struct HistoryFilter {
    private(set) var filter = BuildFilter()
    /// The page begins below this number.
    private(set) var before: Int?

    /// More of a text is not looked for.
    private static let textLimit = 200

    /// - Throws: 404 for a ref that cannot be, 400 for what is no state, and for a text that no build has: all builds
    ///   would be shown for an answer.
    init(_ request: Request, _ project: ProjectRecord, _ lookup: PageLookup) async throws {
        // As a form sends it: a space is a plus sign.
        let fields = Forms.parse(request.uri.query ?? "").compactMapValues { text -> String? in
            let text = text.trimmingCharacters(in: .whitespaces)
            return text.isEmpty ? nil : String(text.prefix(Self.textLimit * 3))
        }
        if let text = fields["ref"] {
            guard let ref = try await lookup.ref(text, of: project) else { throw HTTPError(.notFound) }
            filter.ref = ref
        }
        if let text = fields["status"] {
            guard let state = BuildState(rawValue: text) else { throw HTTPError(.badRequest) }
            filter.state = state
        }
        guard ![fields["author"], fields["q"]].contains(where: { $0?.utf8.contains(0) == true }) else {
            throw HTTPError(.badRequest)
        }
        filter.author = fields["author"].map { String($0.prefix(Self.textLimit)) }
        filter.text = fields["q"].map { String($0.prefix(Self.textLimit)) }
        before = fields["before"].flatMap { Int($0) }
    }

    /// The address of the history with this filter.
    func url(_ project: ProjectRecord, before: Int? = nil) -> String {
        let pairs = [
            ("ref", filter.ref.map { ProjectLinks.query($0) }), ("status", filter.state?.rawValue),
            ("author", filter.author.map(ProjectLinks.encode)), ("q", filter.text.map(ProjectLinks.encode)),
            ("before", before.map { "\($0)" }),
        ].compactMap { name, value in value.map { "\(name)=\($0)" } }
        let page = "\(ProjectLinks.url(project))/builds"
        return pairs.isEmpty ? page : "\(page)?\(pairs.joined(separator: "&"))"
    }

    /// For the form.
    var values: PageValues {
        let states: [BuildState] = [.success, .failure, .error, .cancelled, .running, .queued]
        return [
            "isFiltered": filter != BuildFilter(), "ref": filter.ref?.shortName,
            "refField": filter.ref.map { $0.kindIsBranch ? $0.shortName : $0.description },
            "authorField": filter.author, "textField": filter.text,
            "states": states.map { state -> PageValues in
                ["value": state.rawValue, "word": StateMark(state).word, "isChosen": state == filter.state]
            },
        ]
    }
}
