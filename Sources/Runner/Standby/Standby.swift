import Foundation
import Pipes

/// A container that was started ahead and waits for a job.
final class Standby: Sendable {
    let recipe: StandbyRecipe
    /// Of its volume, and of the container until a job uses it.
    let name: String
    /// The container's id.
    let container: String
    let berth: Berth
    let folder: StandbyFolder
    let user: ContainerUser
    private let gate: StartGate
    private let folders: BerthFolders

    init(
        _ recipe: StandbyRecipe, name: String, container: String, berth: Berth, folder: StandbyFolder,
        user: ContainerUser, gate: StartGate, folders: BerthFolders
    ) {
        self.recipe = recipe
        self.name = name
        self.container = container
        self.berth = berth
        self.folder = folder
        self.user = user
        self.gate = gate
        self.folders = folders
    }

    /// Moves the files in and lets the script begin. The time of the beginning is kept for a later process.
    ///
    /// - Throws: `StartRefused`; then the script does not run.
    func begin() async throws {
        do {
            try folder.moveIn()
            try await folders.noteBeginning(berth.name)
            try gate.open()
        } catch {
            throw StartRefused(words: "the prepared container cannot be used: \(error)")
        }
    }

    /// Whether the container went on; asked after its end.
    var hasBegun: Bool { !gate.isUnread }
}
