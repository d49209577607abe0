import Model
import Pipes

/// The program of a standby container: the image's shell, which waits, and runs the script when it is told.
///
/// Nothing of a build is in the container's settings: the variables of the build and its secrets come with a small
/// program that is put into the volume at the last moment, and that removes itself before the script begins.
enum StandbyLauncher {
    static let gateName = "go"
    /// What the small program is called, as that which hands over secrets elsewhere.
    static let fileName = SecretLauncher.fileName

    /// Waits at the gate. Its end without a word means that nobody needs the container any more.
    static var waiting: String {
        """
        read -r go </kozmic/\(gateName) && [ "$go" = \(StartGate.word) ] || exit 125
        cd /kozmic/src || exit 125
        unset go OLDPWD
        . \(SecretLauncher.path)
        """
    }

    /// The small program. It is read by the waiting shell, so no line of it costs a process but the first.
    static func text(_ job: JobSpec, hasInit: Bool) -> String {
        var lines = ["rm -f \(SecretLauncher.path) /kozmic/\(gateName) 2>/dev/null"]
        lines += Launcher.preparation(job, .build)
        for (name, value) in ScriptEnvironment.ofThisBuild(job) + job.secrets.sorted(by: { $0.key < $1.key }) {
            lines.append("export \(name)=\(Launcher.quoted(value))")
        }
        lines += Launcher.run(ScriptPhase.build.path, hasInit: hasInit)
        return lines.joined(separator: "\n") + "\n"
    }
}
