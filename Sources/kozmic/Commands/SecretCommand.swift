import ArgumentParser
import Foundation
import Glibc
import Model
import OpenSSL

/// `kozmic secret …`
struct SecretCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Secrets that may stand in the admin repository.",
        subcommands: [SecretSealCommand.self, SecretRotateCommand.self, SecretKeyCommand.self])
}

/// `kozmic secret seal --project P NAME`
struct SecretSealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Read a value from standard input and print it sealed.",
        discussion: """
            Only the controller can open it, only for that project and that variable's name. One line end at the end of \
            the value is taken off, because echo and editors add it. The key is taken from the first of the options \
            below that is given.
            """)

    @Argument(help: "The name of the environment variable.")
    var name: String

    @Option(help: "The project, OWNER/REPO.")
    var project: String

    @OptionGroup var key: SealingKeyOptions

    @Flag(help: "Keep a line end at the end of the value.")
    var keepNewline = false

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        guard let repository = RepositoryName(project) else {
            throw ValidationError("'\(project)' is not OWNER/REPO")
        }
        guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,255}/) != nil else {
            throw ValidationError(
                "'\(name)' is not a variable's name: letters, digits and _, not beginning with a digit")
        }
        try await attempt("kozmic secret seal") {
            let key = try await self.key.sealingKey()
            let sealed = try SealedSecret.seal(try value(), for: repository, name: name, with: key)
            switch output {
            case .text: print(sealed)
            case .json: try Print.json(["sealed": sealed.description, "key": key.description])
            }
        }
    }

    private func value() throws -> String {
        if isatty(STDIN_FILENO) == 1 { Print.error("The value, then Ctrl-D at the beginning of a line:") }
        var bytes: [UInt8] = []
        let limit = SealedSecret.maximumValueBytes + 2
        while bytes.count <= limit, let data = try FileHandle.standardInput.read(upToCount: limit + 1 - bytes.count),
            !data.isEmpty
        {
            bytes += data
        }
        if !keepNewline, bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard let value = String(validating: bytes, as: UTF8.self) else {
            throw SealedSecretProblem.unusable("it is not UTF-8; encode it first, for example with base64")
        }
        return value
    }
}

/// `kozmic secret key --secret-key-file FILE`
struct SecretKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Print the public key that secrets are sealed with.")

    @OptionGroup var key: SealingKeyOptions

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        try await attempt("kozmic secret key") {
            let key = try await self.key.sealingKey()
            switch output {
            case .text: print(key)
            case .json: try Print.json(["key": key.description])
            }
        }
    }
}
