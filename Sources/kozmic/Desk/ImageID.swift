import ArgumentParser

/// `sha256:…`: the id of an image, as the engine prints it.
struct ImageID: ExpressibleByArgument {
    var text: String

    init?(argument: String) {
        let prefix = "sha256:"
        let digits = argument.dropFirst(prefix.count).utf8
        let isHex = digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard argument.hasPrefix(prefix), digits.count == 64, isHex else { return nil }
        text = argument
    }
}
