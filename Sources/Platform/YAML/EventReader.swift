import CLibyaml

/// One event of libyaml, copied into Swift values.
struct Event {
    enum Kind {
        case streamStart, documentStart, documentEnd
        case alias(String)
        case scalar(text: String, style: YAMLScalar.Style, isPlainImplicit: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    var kind: Kind
    var start: YAMLPosition
    var end: YAMLPosition
    var anchor: String?
    var tag: String?
}

/// Reads events from memory. Owns libyaml's parser; the buffer must outlive it.
struct EventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ buffer: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(.start, "out of memory")
        }
        self.parser = parser
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event, `nil` after the last one.
    func next() throws(YAMLError) -> Event? {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw SyntaxProblem.error(of: parser.pointee) }
        defer { yaml_event_delete(&event) }
        var result = Event(kind: .streamStart, start: position(event.start_mark), end: position(event.end_mark))
        switch event.type {
        case YAML_STREAM_START_EVENT:
            break
        case YAML_DOCUMENT_START_EVENT:
            result.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT:
            result.kind = .documentEnd
        case YAML_ALIAS_EVENT:
            result.kind = .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            result.kind = .scalar(
                text: String(decoding: bytes, as: UTF8.self), style: style(scalar.style),
                isPlainImplicit: scalar.plain_implicit == 1)
            (result.anchor, result.tag) = (text(scalar.anchor), text(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            result.kind = .sequenceStart
            let start = event.data.sequence_start
            (result.anchor, result.tag) = (text(start.anchor), text(start.tag))
        case YAML_SEQUENCE_END_EVENT:
            result.kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            result.kind = .mappingStart
            let start = event.data.mapping_start
            (result.anchor, result.tag) = (text(start.anchor), text(start.tag))
        case YAML_MAPPING_END_EVENT:
            result.kind = .mappingEnd
        default:
            return nil
        }
        return result
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }
}

/// libyaml counts from 0.
func position(_ mark: yaml_mark_t) -> YAMLPosition { YAMLPosition(line: mark.line + 1, column: mark.column + 1) }
