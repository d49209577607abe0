"""Measures a running controller from outside. See README.md beside this file."""

import argparse
import base64
import concurrent.futures
import contextlib
import hashlib
import json
import os
import re
import statistics
import subprocess
import tempfile
import time

from live import live
from webhooks import webhooks
from world import ENGINE, IMAGE, TOKEN, EngineConnection, World, ms, row, until

def bare_sequence(command):
    """A container made, attached to, started, waited for and removed."""
    with contextlib.closing(EngineConnection()) as engine, contextlib.closing(EngineConnection()) as output:
        container = engine.ask("POST", "/containers/create", {"Image": IMAGE, "Cmd": command})["Id"]
        output.request("POST", f"/v1.40/containers/{container}/attach?stream=1&stdout=1&stderr=1")
        frames = output.getresponse()
        engine.ask("POST", f"/containers/{container}/start")
        frames.read()
        engine.ask("POST", f"/containers/{container}/wait")
        engine.ask("DELETE", f"/containers/{container}")


def docker_run(script):
    """Seconds until the script prints the time, and until `docker run --rm` ends."""
    begin = time.time()
    output = subprocess.run(
        ["docker", "run", "--rm", IMAGE, "sh", "-c", script], env={**os.environ, "DOCKER_HOST": ENGINE},
        capture_output=True, text=True, check=True, timeout=120).stdout
    return int(output) / 1e9 - begin, time.time() - begin


def start(program):
    values, memory = [], {}
    for projects in (1, 100):
        with World(program, "#!/bin/sh\ntrue", projects=projects) as world:
            time.sleep(10)
            memory[projects] = world.memory()
            for _ in range(10 if projects == 1 else 0):
                world.controller.terminate()
                world.controller.wait(30)
                world.processes.remove(world.controller)
                begin = time.monotonic()
                world.controller = world.serve()
                values.append(time.monotonic() - begin)
    row("start → ready", ms(values))
    row("idle memory, 1 / 100 projects", f"{memory[1]:.0f} / {memory[100]:.0f} MiB")


def job(program, standby=0):
    """One hook with a cached image, again and again; a bare `docker run --rm` after each."""
    script = "date +%s%N"
    rows = {"trigger → script": [], "bare script": [], "trigger → finished": [], "bare finished": []}
    hook = {"install_script": "#!/bin/sh\ntrue"}
    with World(program, f"#!/bin/sh\n{script}", hook=hook, options=("--standby", str(standby))) as world:
        # The first job makes the image, and then there is something that can wait for the next.
        for n in range(21):
            world.prepared(4, standby if n else 0)
            sha, build = world.commit()
            begin = time.time()
            world.push(sha)
            end = world.wait(build)
            printed = int(re.search(rb"^(\d{19})$", world.log(build), re.M)[1]) / 1e9
            # What is made anew for the next job is no burden of the other's.
            world.prepared(4, standby)
            bare = docker_run(script)
            if n:
                rows["trigger → script"].append(printed - begin)
                rows["trigger → finished"].append(end - begin)
                rows["bare script"].append(bare[0])
                rows["bare finished"].append(bare[1])
    for name, other in (("trigger → script", "bare script"), ("trigger → finished", "bare finished")):
        ratio = statistics.median(a / b for a, b in zip(rows[name], rows[other]))
        row(("standby, " if standby else "") + name, f"{ms(rows[name])}, {ratio:.2f} times `docker run --rm` ({ms(rows[other])})")


def standby(program):
    """The same with a container that waits for the hook's next job."""
    job(program, standby=1)


def fifty(program, rounds=20):
    seconds, bare, cpu = [], [], []
    with World(program, "#!/bin/sh\necho hello", options=("--standby", "0")) as world:
        for _ in range(rounds):
            world.prepared(4)
            commits = [world.commit() for _ in range(50)]
            used, begin = world.cpu(), time.time()
            for sha, _ in commits:
                world.push(sha)
            # Looked up in the database: fifty who ask the controller would be a part of what it costs.
            until(lambda: world.ended() == world.builds, 300, "the end of fifty jobs", 0.05, world.situation)
            seconds.append(time.time() - begin)
            cpu.append(world.cpu() - used)
            world.prepared(4)
            begin = time.time()
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda _: bare_sequence(["echo", "hello"]), range(50)))
            bare.append(time.time() - begin)
    ratio = statistics.median(a / b for a, b in zip(seconds, bare))
    row("50 jobs, 4 slots", f"{statistics.median(seconds):.1f} s, {ratio:.2f} times the same 50 sequences done bare "
        f"({statistics.median(bare):.1f} s), {statistics.median(cpu):.2f} s of the controller's processor time")


def git(*arguments, **options):
    return subprocess.run(["git", *arguments], check=True, capture_output=True, **options)


def many_files(source, files):
    """A bare repository with so many files."""
    stream = ["commit refs/heads/main\ncommitter a <a@example.org> 1700000000 +0000\ndata 1\nx\n"]
    for n in range(files):
        text = f"file {n}\n" * 40
        stream.append(f"M 100644 inline d{n % 250}/e{n % 7}/f{n}\ndata {len(text)}\n{text}\n")
    git("init", "--quiet", "--bare", source)
    git("-C", source, "fast-import", "--quiet", "--force", input="".join(stream).encode())


def keys(program, files=50_000):
    """The cache key of three paths, computed a thousand times in one process that has the libraries loaded."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        many_files(f"{folder}/source", files)
        commit = git("-C", f"{folder}/source", "rev-parse", "main").stdout.decode().strip()
        timing = os.path.join(os.path.dirname(program), "cache-keys")
        output = subprocess.run(
            [timing, f"{folder}/source", commit, "d7/e0/f7", "d7", "none/of/these"], check=True, capture_output=True,
            timeout=120).stdout
    times = sorted(float(line) for line in output.split())
    row(f"cache key of three paths, {files:,} files",
        f"{statistics.median(times):.0f} µs, 99th percentile {times[len(times) * 99 // 100]:.0f} µs")


def tree(program, sizes=(5_000, 50_000), rounds=20):
    """Repositories of many files: from the trigger to the script, which needs the whole work tree, next to git's own. A
    first build finds the mirror, and no work tree; a next one finds what the first left and has three files changed."""
    for files in sizes:
        figures = {"first": [], "next": []}
        bare = []
        with World(program, "#!/bin/sh\ndate +%s%N; find . -name 'f*' | wc -l", options=("--standby", "0")) as world:
            source = f"{world.folder}/source"
            many_files(source, files)
            address = f"http://kozmic:{TOKEN}@127.0.0.1:{world.github}/acme/p0.git"
            git("-C", source, "push", "--quiet", "--force", address, "main")
            world.builds += 1
            world.wait(1)
            # Until ext4 has forgotten what earlier measurements removed; see below.
            os.sync()
            time.sleep(65)
            for n in range(2 * rounds):
                kind = ("first", "next")[n % 2]
                world.prepared(4)
                if kind == "first":
                    # Away, and not removed: for a minute ext4 looks at each file that was removed before it makes one.
                    trees = os.path.join(world.folder, "data", "work", "trees")
                    if os.path.exists(trees):
                        os.rename(trees, f"{world.folder}/templates{n}")
                changed = {f"d{m % 250}/e{m % 7}/f{m}": f"{n}\n" for m in range(n, n + 3)}
                sha, build = world.commit(files=changed)
                # What was written and removed before shall not be paid for now.
                os.sync()
                begin = time.time()
                world.push(sha)
                world.wait(build)
                output = re.search(rb"^(\d{19})\n(\d+)$", world.log(build), re.M)
                if int(output[2]) != files:
                    raise SystemExit(f"the script found {int(output[2])} files")
                figures[kind].append(int(output[1]) / 1e9 - begin)
                if kind == "next":
                    continue
                git("-C", source, "fetch", "--quiet", address, sha)
                os.sync()
                begin = time.time()
                git("-C", source, "worktree", "add", "--quiet", "--detach", f"{world.folder}/tree{n}", sha)
                bare.append(time.time() - begin)
        ratio = statistics.median(a / b for a, b in zip(figures["first"], bare))
        row(f"work tree of {files:,} files, first", f"script runs {ms(figures['first'])} after the trigger, {ratio:.2f} times "
            f"`git worktree add` alone ({ms(bare)})")
        row(f"work tree of {files:,} files, next", f"script runs {ms(figures['next'])} after the trigger, three files changed")


def log(program):
    line = "line " + "." * 94
    rates, peak = hundred_megabytes(program, f"#!/bin/sh\nyes '{line}' | head -n 1000000")
    row("100 MB log", f"{statistics.median(rates):.0f} MB/s from the first byte to the last in the store, "
        f"largest memory {peak:.0f} MiB")


def masked(program):
    """Output like a compiler's and a test runner's, with a secret in every fiftieth line."""
    secrets = {
        "DEPLOY_TOKEN": "ghp_" + hashlib.sha256(b"token").hexdigest()[:36],
        "PASSWORD": "correct horse battery staple",
        "SSH_KEY": "-----BEGIN OPENSSH PRIVATE KEY-----\n" + "".join(
            base64.b64encode(hashlib.sha512(bytes([n])).digest()[:48]).decode() + "\n" for n in range(25))
        + "-----END OPENSSH PRIVATE KEY-----",
    }
    lines = []
    for n in range(100):
        digest = hashlib.sha256(bytes([n])).hexdigest()
        text = [
            f"[{n:3}%] Building CXX object src/http/CMakeFiles/widget.dir/connection_{digest[:6]}.cpp.o",
            f"2026-01-02T03:04:05.{n:03}Z INFO  widget.pool: connection {n} opened in {n * 7} ms, id={digest}",
            f"tests/test_{digest[:5]}.py::TestPool::test_reuse[{n}-true] PASSED",
            f"Get:{n} https://deb.example.org/debian bookworm/main amd64 lib{digest[:8]} 1.{n}-2+b1 [{n} kB]",
        ][n % 4]
        lines.append(text[:99].ljust(99))
    begin = "curl --user deploy:"
    lines[20] = begin + "$DEPLOY_TOKEN" + " " * (99 - len(begin) - len(secrets["DEPLOY_TOKEN"]))
    lines[70] = "password is " + "$PASSWORD" + " " * (99 - 12 - len(secrets["PASSWORD"]))
    block = "\n".join(lines)

    def check(text):
        if any(line in text for value in secrets.values() for line in value.encode().splitlines()):
            raise SystemExit("a secret is in the log")
        if text.count(b"deploy:****") != 10000:
            raise SystemExit("what was to be masked is not in the log")

    rates, peak = hundred_megabytes(program, f'#!/bin/sh\nyes "{block}" | head -n 1000000', secrets, check)
    row("100 MB log, masked", f"{statistics.median(rates):.0f} MB/s with three secrets, "
        f"one of them a key of {len(secrets['SSH_KEY'].splitlines())} lines; largest memory {peak:.0f} MiB")


def hundred_megabytes(program, script, secrets=None, check=lambda text: None):
    """A script that prints 1,000,000 lines of 100 bytes, again and again: the rates, and the controller's memory."""
    rates = []
    with World(program, script, options=("--standby", "0"), secrets=secrets) as world:
        for n in range(21):
            world.prepared(4)
            sha, build = world.commit()
            world.push(sha)
            world.wait(build)
            first, last, size = world.stored(build)
            if size != 100_000_000:
                raise SystemExit(f"the log has {size} bytes of output")
            if n:
                rates.append(size / 1e6 / max(last - first, 0.001))
        peak = world.memory("VmHWM")
        check(world.log(build))
    return rates, peak


def thousand(program, count=1000):
    interval = 120
    options = ("--no-github-pacing", "--sync-interval", f"{interval}s")
    world = World(program, "#!/bin/sh\ntrue", projects=count, hooks=("docs", "lint", "tests"), options=options)
    begin = time.monotonic()
    with world:
        seconds = time.monotonic() - begin
        row(f"{count:,} projects, first sync", f"{seconds:.0f} s with the making of the repositories, "
            f"{world.cpu():.1f} s of CPU, without pacing")
        # The first pass asks by the repositories' names, the second by their numbers; from then on nothing is new.
        time.sleep(2 * interval)
        world.control("DELETE", "requests")
        before = world.cpu()
        time.sleep(2 * interval)
        log = world.control("GET", "requests")["requests"]
        rest = [r for r in log if r["kind"] == "rest"]
        passes = sum(r["path"].startswith("/repositories/") for r in rest) / count
        row(f"{count:,} projects, a pass that finds nothing",
            f"{(world.cpu() - before) / passes:.2f} s of CPU with the comparison of heads, {len(rest) / passes:,.0f} "
            f"requests, {sum(r['counted'] for r in rest) / passes:,.0f} of them counted, "
            f"{sum(r['method'] != 'GET' for r in rest)} writes")
        row(f"{count:,} projects, memory", f"{world.memory():.0f} MiB, at most {world.memory('VmHWM'):.0f}")
        values, costs = [], []
        for n in range(10):
            name = world.names[(37 * n) % count]
            events = ["pull_request"]
            project = {
                "repository": f"acme/{name}",
                "hooks": {hook: {"image": IMAGE, "build_script": "#!/bin/sh", "on": {"pull_request": {}}}
                          for hook in world.hooks}}
            cost, begin = world.cpu(), time.monotonic()
            world.control("POST", "repos/acme/config/commits", {
                "branch": "main", "message": "x", "files": {f"projects/{name}.yaml": json.dumps(project)}})
            until(lambda: all(h["events"] == events for h in world.control("GET", f"repos/acme/{name}/hooks")))
            values.append(time.monotonic() - begin)
            costs.append(world.cpu() - cost)
        row(f"{count:,} projects, one changes", f"{ms(values)} from the push to GitHub's webhooks, {ms(costs)} of CPU")


if __name__ == "__main__":
    rows = {"start": start, "job": job, "standby": standby, "fifty": fifty, "tree": tree, "keys": keys, "log": log,
            "masked": masked, "live": live, "webhooks": webhooks, "thousand": thousand}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the kozmic binary")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {' '.join(rows)} (default: all)")
    options = parser.parse_args()
    print("| what | figure |\n| --- | --- |")
    for name in options.rows or rows:
        rows[name](os.path.abspath(options.program))
