import ArgumentParser

/// A setting, or something on this machine, that keeps a command from its work; never holds a secret.
struct SettingProblem: Error, CustomStringConvertible {
    var description: String
    /// Whether a flag, a variable or an argument is malformed or missing; all else is the state of things.
    private(set) var isUsage = false

    init(_ description: String) { self.description = description }

    /// Wrong usage, whatever the state of things is.
    static func usage(_ description: String) -> SettingProblem {
        var problem = SettingProblem(description)
        problem.isUsage = true
        return problem
    }
}

/// Does a command's work. What goes wrong is printed, and ends the command: wrong usage with 64, all else with `status`.
///
/// - Parameter command: what the line begins with.
func attempt<Value>(_ command: String, status: Int32 = 1, _ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let problem as SettingProblem where problem.isUsage {
        throw ValidationError(problem.description)
    } catch  where error is ExitCode || error is ValidationError {
        throw error
    } catch {
        Print.error("\(command): \(error)")
        throw ExitCode(status)
    }
}
