import DockerEngine
import Model

/// The commands of git and docker that do by hand what the executor does for a job; a shell script.
public struct ReproScript: Sendable {
    /// The job.
    public var job: JobSpec
    /// The repository that git clones: a folder or an address.
    public var source: String
    /// The base image's id, when it is known.
    public var baseImage: String?
    /// What its registry calls the base image, when the job's record has it.
    public var digest: String?
    /// The cached image's name, when it is known.
    public var cachedImage: String?
    /// The hook's tracked files that the commit has.
    public var trackedFiles: [String]
    /// Where submodules come from.
    public var gitHubURL: String

    /// Memberwise.
    public init(
        job: JobSpec, source: String, baseImage: String?, digest: String? = nil, cachedImage: String?,
        trackedFiles: [String], gitHubURL: String = "https://github.com"
    ) {
        self.job = job
        self.source = source
        self.baseImage = baseImage
        self.digest = digest
        self.cachedImage = cachedImage
        self.trackedFiles = trackedFiles
        self.gitHubURL = gitHubURL
    }

    /// The script. Secrets are never in it: their names are exported as empty variables to be filled in.
    public var text: String {
        let hook = job.hook
        let milliCPUs = hook.settings.resources.milliCPUs
        var lines = [
            "#!/bin/bash",
            "# \(job.repository)/\(hook.id) at \(job.commit), as Kozmic runs it.",
            "set -euo pipefail",
            // A hook of git has them set, and they would lead git to the repository of that hook.
            "unset $(git rev-parse --local-env-vars)",
            "work=$(mktemp -d)",
            "name=kozmic-repro-$$",
            "trap 'docker rm --force --volumes \"$name-install\" \"$name-build\" >/dev/null 2>&1 || true; docker volume rm "
                + "--force \"$name-install\" \"$name-build\" >/dev/null 2>&1 || true; docker rmi \"$name:made\" >/dev/null "
                + "2>&1 || true; rm -rf \"$work\"' EXIT",
            "base=\(Self.quoted(baseImage ?? hook.image))",
        ]
        if baseImage != nil { lines.append(otherBase) }
        lines += [
            // An engine refuses more than it has.
            "cpus=\(Double(milliCPUs) / 1000)",
            "processors=$(docker info --format '{{.NCPU}}')",
            "if [ \"${processors:-0}\" -gt 0 ] && [ $((processors * 1000)) -lt \(milliCPUs) ]; then cpus=$processors; fi",
            "git clone --quiet --no-checkout -- \(Self.quoted(source)) \"$work/src\"",
            "git -C \"$work/src\" checkout --quiet --detach \(job.commit)",
        ]
        if hook.submodules { lines += submodules }
        lines += [
            "uid=$(docker run --rm --user \(Self.quoted(hook.user)) --entrypoint id \"$base\" -u)",
            "gid=$(docker run --rm --user \(Self.quoted(hook.user)) --entrypoint id \"$base\" -g)",
            "image=$base",
        ]
        if hook.installScript != nil { lines += install }
        if !hook.secrets.isEmpty {
            lines.append("# Secrets are not part of this; give them as variables of your shell before you start it:")
            for secret in hook.secrets.keys.sorted() { lines.append("export \(secret)=\"${\(secret)-}\"") }
        }
        lines += ["mkdir --parents \"$work/build/kozmic\"", "mv \"$work/src\" \"$work/build/kozmic/src\""]
        lines += container(.build)
        lines.append("docker start --attach \"$name-build\"")
        return lines.joined(separator: "\n") + "\n"
    }

    /// For a machine that does not have the base image: by its digest it is the same one.
    private var otherBase: String {
        let look = "docker image inspect \"$base\" >/dev/null 2>&1 || "
        if let digest { return look + "base=\(Self.quoted(digest))" }
        let words = "\(baseImage ?? "") is not here; using what \(job.hook.image) names now, which may be another image"
        return look + "{ base=\(Self.quoted(job.hook.image)); echo \(Self.quoted(words)) >&2; }"
    }

    /// As Kozmic does, from the same GitHub and without credentials, whatever way their addresses name.
    private var submodules: [String] {
        let ways = ["git@github.com:", "ssh://git@github.com/"].map {
            "-c \(Self.quoted("url.\(gitHubURL)/.insteadOf=\($0)"))"
        }
        return [
            "git -C \"$work/src\" remote set-url origin \(Self.quoted("\(gitHubURL)/\(job.repository)"))",
            "git -C \"$work/src\" \(ways.joined(separator: " ")) submodule --quiet update --init --recursive",
        ]
    }

    /// The cached image if it is here, else one made as it is made, which goes at the end.
    private var install: [String] {
        let look = cachedImage.map { "docker image inspect \(Self.quoted($0)) >/dev/null 2>&1" } ?? "false"
        var lines = [
            "if \(look); then", "image=\(Self.quoted(cachedImage ?? ""))", "else",
            "mkdir --parents \"$work/install/kozmic/src\"",
        ]
        if !trackedFiles.isEmpty {
            // Not `git archive`, which leaves out what has the attribute export-ignore.
            lines.append(
                "GIT_INDEX_FILE=\"$work/index\" git --literal-pathspecs --git-dir \"$work/src/.git\" "
                    + "--work-tree \"$work/install/kozmic/src\" checkout --quiet \(job.commit) -- "
                    + trackedFiles.map(Self.quoted).joined(separator: " "))
        }
        lines += container(.install)
        return lines + [
            "docker start --attach \"$name-install\"",
            "image=$name:made",
            "docker commit --change 'ENTRYPOINT []' \"$name-install\" \"$image\" >/dev/null",
            "fi",
        ]
    }

    /// Makes the container and copies the script and the files into it.
    private func container(_ phase: ScriptPhase) -> [String] {
        let spec = ContainerPlan(job: job, phase: phase, image: "").spec
        let script = "\"$work/\(phase.rawValue)/kozmic/\(phase.fileName)\""
        var mark = "END_OF_\(phase.rawValue.uppercased())_SCRIPT"
        while phase.text(job.hook).contains(mark) { mark += "_" }
        let body = phase.text(job.hook)
        var lines = [
            "cat >\(script) <<'\(mark)'", body.hasSuffix("\n") ? String(body.dropLast()) : body, mark,
            "chmod 755 \(script)",
            "docker volume create \"$name-\(phase.rawValue)\" >/dev/null",
        ]
        var options = [
            "--name \"$name-\(phase.rawValue)\"", "--user \(Self.quoted(job.hook.user))", "--workdir /kozmic/src",
            "--init", "--volume \"$name-\(phase.rawValue):/kozmic:nocopy\"",
            "--network \(spec.networkMode ?? "bridge")",
            "--memory \(spec.memory ?? 0)", "--memory-swap \(spec.memorySwap ?? 0)",
            "--cpus \"$cpus\"",
            "--pids-limit \(job.hook.settings.resources.pids)",
        ]
        if !job.hook.sudo { options.append("--cap-drop ALL --security-opt no-new-privileges") }
        options += ScriptEnvironment.list(job).filter { $0.contains("=") }.map { "--env \(Self.quoted($0))" }
        if phase == .build { options += job.hook.secrets.keys.sorted().map { "--env \($0)" } }
        let last = "--entrypoint \(phase.path) \"$\(phase == .install ? "base" : "image")\" >/dev/null"
        lines.append("docker create \\\n  " + (options + [last]).joined(separator: " \\\n  "))
        lines.append(
            "tar --create --directory \"$work/\(phase.rawValue)\" --owner \"$uid\" --group \"$gid\" --numeric-owner kozmic "
                + "| docker cp - \"$name-\(phase.rawValue):/\"")
        return lines
    }

    /// A word of the shell's language.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
