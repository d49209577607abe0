/// Numbers of things, as people write them.
enum Count {
    /// `1 line`, `12,345 lines`
    static func text(_ number: Int, _ noun: String) -> String { "\(digits(number)) \(noun)\(number == 1 ? "" : "s")" }

    /// With a comma between thousands.
    static func digits(_ number: Int) -> String {
        var text = String(number)
        var place = text.count - 3
        while place > (number < 0 ? 1 : 0) {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return text
    }
}
