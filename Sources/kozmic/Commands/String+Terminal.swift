extension String {
    /// Without characters that a terminal would obey, and those that turn the text that follows around: messages and
    /// names are somebody else's text.
    var withoutControls: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    let isObeyed = scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
                    return isObeyed ? "\u{FFFD}" : scalar
                }))
    }
}
