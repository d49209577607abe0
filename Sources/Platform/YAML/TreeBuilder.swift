/// Makes the tree from events. Has its own stack, so that hostile nesting cannot exhaust the thread's.
struct TreeBuilder {
    var errors: [YAMLError] = []

    /// A collection that is not finished.
    private struct Frame {
        var isMapping: Bool
        var start: YAMLPosition
        var anchor: String?
        var elements: [YAMLNode] = []
        var entries: [YAMLNode.Entry] = []
        var keys: [String: YAMLPosition] = [:]
        var key: YAMLNode?
        /// The value of a key that was rejected is read and dropped.
        var dropsValue = false
        var weight = 1
        var height = 1
    }

    /// What an alias brings with it.
    private struct Anchored {
        var node: YAMLNode
        var weight: Int
        var height: Int
    }

    private let limits: YAMLLimits
    private var stack: [Frame] = []
    private var anchors: [String: Anchored] = [:]
    private var root: YAMLNode?
    private var documents = 0
    private var nodes = 0

    init(limits: YAMLLimits) { self.limits = limits }

    mutating func add(_ event: Event) throws(YAMLError) {
        switch event.kind {
        case .streamStart, .documentEnd: break
        case .documentStart:
            documents += 1
            if documents > 1 { throw YAMLError(event.start, "a second document; a file holds only one") }
        case .alias(let name):
            guard let anchored = anchors[name] else {
                throw YAMLError(event.start, "the alias *\(name) names nothing that was finished before it")
            }
            try complete(anchored, at: event.start)
        case .scalar(let text, let style, let isPlain):
            let value = scalarValue(text, isPlain: isPlain, event)
            let node = YAMLNode(
                .scalar(YAMLScalar(text: text, style: style, value: value)), start: event.start, end: event.end)
            try complete(node, anchor: event.anchor)
        case .sequenceStart, .mappingStart: try open(event)
        case .sequenceEnd, .mappingEnd:
            guard let frame = stack.popLast() else { break }
            complete(frame, end: event.end)
        }
    }

    /// The tree, unfinished collections closed with what they hold.
    mutating func finish() -> YAMLDocument {
        while let frame = stack.popLast() {
            complete(frame, end: frame.start)
        }
        return YAMLDocument(
            root: root, errors: Array(errors.sorted { $0.position < $1.position }.prefix(limits.errors)))
    }

    private mutating func open(_ event: Event) throws(YAMLError) {
        guard stack.count < limits.depth else {
            throw YAMLError(event.start, "nested deeper than \(limits.depth) levels")
        }
        try count(1, at: event.start)
        let isMapping = if case .mappingStart = event.kind { true } else { false }
        if let tag = event.tag, tag != "!", tag != "tag:yaml.org,2002:\(isMapping ? "map" : "seq")" {
            errors.append(YAMLError(event.start, "the tag \(display(tag)) is not supported here"))
        }
        stack.append(Frame(isMapping: isMapping, start: event.start, anchor: event.anchor))
    }

    private mutating func complete(_ frame: Frame, end: YAMLPosition) {
        let content: YAMLNode.Content = frame.isMapping ? .mapping(frame.entries) : .sequence(frame.elements)
        let item = Anchored(
            node: YAMLNode(content, start: frame.start, end: end), weight: frame.weight, height: frame.height)
        if let anchor = frame.anchor { anchors[anchor] = item }
        attach(item)
    }

    private mutating func complete(_ node: YAMLNode, anchor: String?) throws(YAMLError) {
        try count(1, at: node.start)
        let item = Anchored(node: node, weight: 1, height: 0)
        if let anchor { anchors[anchor] = item }
        attach(item)
    }

    /// An alias costs as much as what it stands for: ten lines of aliases of aliases are a billion nodes.
    private mutating func complete(_ anchored: Anchored, at position: YAMLPosition) throws(YAMLError) {
        try count(anchored.weight, at: position)
        guard stack.count + anchored.height <= limits.depth else {
            throw YAMLError(position, "nested deeper than \(limits.depth) levels")
        }
        attach(anchored, at: position)
    }

    private mutating func attach(_ item: Anchored, at use: YAMLPosition? = nil) {
        guard !stack.isEmpty else {
            root = item.node
            return
        }
        let last = stack.count - 1
        stack[last].weight += item.weight
        stack[last].height = max(stack[last].height, item.height + 1)
        if !stack[last].isMapping {
            stack[last].elements.append(item.node)
        } else if stack[last].dropsValue {
            stack[last].dropsValue = false
        } else if let key = stack[last].key {
            stack[last].entries.append(YAMLNode.Entry(key: key, value: item.node))
            stack[last].key = nil
        } else {
            acceptKey(item.node, at: use ?? item.node.start)
        }
    }

    private mutating func acceptKey(_ node: YAMLNode, at position: YAMLPosition) {
        let last = stack.count - 1
        let problem: String
        if let scalar = node.scalar {
            if scalar.text == "<<", scalar.style == .plain {
                problem = "merge keys (<<) are not supported; repeat the settings"
            } else if let first = stack[last].keys[scalar.text] {
                problem = "duplicate key '\(scalar.text.prefix(80))', first at line \(first.line)"
            } else {
                stack[last].keys[scalar.text] = position
                stack[last].key = node
                return
            }
        } else {
            problem = "a list or mapping cannot be a key"
        }
        errors.append(YAMLError(position, problem))
        stack[last].dropsValue = true
    }

    private mutating func count(_ weight: Int, at position: YAMLPosition) throws(YAMLError) {
        nodes += weight
        guard nodes <= limits.nodes else { throw YAMLError(position, "more than \(limits.nodes) values") }
        guard errors.count < limits.errors else { throw YAMLError(position, "too many mistakes, the rest is not read") }
    }

    private mutating func scalarValue(_ text: String, isPlain: Bool, _ event: Event) -> YAMLScalar.Value {
        guard let tag = event.tag else { return isPlain ? CoreSchema.resolve(text) : .string(text) }
        let resolved = CoreSchema.resolve(text)
        switch (tag, resolved) {
        case ("!", _), ("tag:yaml.org,2002:str", _): return .string(text)
        case ("tag:yaml.org,2002:null", .null), ("tag:yaml.org,2002:bool", .bool), ("tag:yaml.org,2002:int", .int),
            ("tag:yaml.org,2002:float", .float):
            return resolved
        case ("tag:yaml.org,2002:float", .int(let number)): return .float(Double(number))
        case ("tag:yaml.org,2002:null", _), ("tag:yaml.org,2002:bool", _), ("tag:yaml.org,2002:int", _),
            ("tag:yaml.org,2002:float", _):
            errors.append(YAMLError(event.start, "'\(text.prefix(80))' is not a \(display(tag))"))
        default:
            errors.append(YAMLError(event.start, "the tag \(display(tag)) is not supported here"))
        }
        return .string(text)
    }

    private func display(_ tag: String) -> String {
        let core = "tag:yaml.org,2002:"
        return tag.hasPrefix(core) ? "!!\(tag.dropFirst(core.count))" : String(tag.prefix(80))
    }
}
