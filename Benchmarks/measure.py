"""Measures a running controller from outside. See README.md beside this file."""

import argparse
import concurrent.futures
import contextlib
import hashlib
import hmac
import http.client
import json
import multiprocessing
import os
import re
import resource
import selectors
import shutil
import socket
import struct
import statistics
import subprocess
import tempfile
import time
import urllib.parse

IMAGE = os.environ.get("KOZMIC_TEST_IMAGE", "kozmic/debian:bookworm")
ENGINE = os.environ.get("KOZMIC_TEST_DOCKER_HOST", "unix:///var/run/docker.sock")
TOKEN = "token-of-the-benchmark"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def request(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def until(look, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            value = look()
            if value:
                return value
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.005)
    raise SystemExit("measure.py: gave up waiting")


class EngineConnection(http.client.HTTPConnection):
    """Docker's API over its socket, with nothing in between."""

    def __init__(self):
        super().__init__("docker")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(ENGINE.removeprefix("unix://"))

    def ask(self, method, path, body=None):
        self.request(method, f"/v1.40{path}", json.dumps(body) if body else None,
                     {"Content-Type": "application/json"} if body else {})
        response = self.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise SystemExit(f"measure.py: the engine answered {method} {path} with {response.status} {answer[:500]}")
        return json.loads(answer) if answer.strip().startswith(b"{") else answer


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


class World:
    """A stand-in for GitHub and a controller with one or more projects, each with the same hooks."""

    def __init__(self, program, script, projects=1, jobs=4, hooks=("tests",), options=(), hook=None):
        self.program, self.script = program, script
        self.hook = hook or {}
        self.names = [f"p{n}" for n in range(projects)]
        self.folder = tempfile.mkdtemp(prefix="kozmic-bench-", dir="/var/tmp")
        self.github, self.port = free_port(), free_port()
        self.jobs, self.hooks, self.options = jobs, hooks, options
        self.processes = []
        self.builds = 0

    def __enter__(self):
        self.start("simulate-github", "--port", str(self.github), "--state-dir", f"{self.folder}/github")
        until(lambda: request(self.github, "GET", "/_control/health")[0] == 200)
        self.control("POST", "users", {"login": "kozmic", "token": TOKEN})
        self.control("POST", "orgs", {"login": "acme", "owners": ["kozmic"]})
        files = {}
        for name in self.names:
            self.control("POST", "repos", {"owner": "acme", "name": name, "files": {"README": "x\n"}})
            files[f"projects/{name}.yaml"] = json.dumps({
                "repository": f"acme/{name}",
                "hooks": {
                    hook: {"image": IMAGE, "build_script": self.script, **self.hook} for hook in self.hooks},
            })
        self.control("POST", "repos", {"owner": "acme", "name": "config", "private": True, "files": files})
        self.controller = self.serve()
        for name in self.names:
            until(lambda: len(self.control("GET", f"repos/acme/{name}/hooks")) == len(self.hooks), 900)
        return self

    def __exit__(self, *_):
        # A job's end is shown before its container is removed.
        until(lambda: not self.containers("kozmic.job"), 30)
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(30)
        left = self.containers()
        if left:
            raise SystemExit(f"measure.py: containers were left over: {left}")
        shutil.rmtree(self.folder)

    def start(self, *arguments, env=None):
        log = open(f"{self.folder}/{arguments[0]}.log", "a")
        process = subprocess.Popen(
            [self.program, *arguments], stdout=log, stderr=log, env={**os.environ, **(env or {})})
        self.processes.append(process)
        return process

    def serve(self):
        process = self.start(
            "serve", "--config-repo", f"http://127.0.0.1:{self.github}/acme/config.git", "--data-dir",
            f"{self.folder}/data", "--listen", f"127.0.0.1:{self.port}", "--github-url",
            f"http://127.0.0.1:{self.github}", "--docker-host", ENGINE, "--max-jobs", str(self.jobs),
            *self.options,
            env={"KOZMIC_GITHUB_TOKEN": TOKEN})
        until(lambda: request(self.port, "GET", "/_health/live")[0] == 200)
        return process

    def control(self, method, path, body=None):
        status, answer = request(
            self.github, method, f"/_control/{path}", json.dumps(body) if body is not None else None,
            {"Content-Type": "application/json"})
        if status >= 300:
            raise SystemExit(f"measure.py: {method} {path}: {status} {answer[:500]}")
        return json.loads(answer) if answer else None

    def memory(self, field="VmRSS"):
        text = open(f"/proc/{self.controller.pid}/status").read()
        return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024

    def cpu(self):
        """Seconds of both kinds that the controller used."""
        fields = open(f"/proc/{self.controller.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def secret(self, repository, hook="tests"):
        """HKDF-SHA-256 of the server's key, as the controller derives it."""
        key = bytes.fromhex(open(f"{self.folder}/data/secret.key").read().strip())
        middle = hmac.digest(bytes(32), key, "sha256")
        info = f"kozmic webhook 1\n{repository}\n{hook}".encode()
        return hmac.digest(middle, info + b"\x01", "sha256").hex().encode()

    def commit(self, name="p0"):
        """A commit on the default branch that GitHub says nothing about."""
        answer = self.control("POST", f"repos/acme/{name}/commits", {
            "branch": "main", "message": "x", "silent": True, "files": {"n": str(time.monotonic_ns())}})
        self.builds += 1
        return answer["sha"], self.builds

    def push(self, sha, name="p0"):
        """The signed delivery of a push."""
        body = json.dumps({
            "ref": "refs/heads/main", "before": "1" * 40, "after": sha, "created": False, "deleted": False,
            "forced": False, "commits": [],
            "head_commit": {"id": sha, "message": "x", "author": {"name": "a", "email": "a@example.org"}},
            "repository": {"id": 1, "full_name": f"acme/{name}", "private": False, "default_branch": "main"},
            "sender": {"login": "octocat"}}).encode()
        status, answer = request(self.port, "POST", f"/_hooks/acme/{name}/tests", body, self.headers(body, "push", name))
        if status != 202:
            raise SystemExit(f"measure.py: the webhook was answered {status} {answer}")

    def headers(self, body, event, name="p0"):
        digest = hmac.new(self.secret(f"acme/{name}"), body, hashlib.sha256).hexdigest()
        return {
            "X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Event": event, "Content-Type": "application/json",
            "X-GitHub-Delivery": os.urandom(16).hex()}

    def wait(self, build, name="p0"):
        """Until the log's end event; answers the log."""
        base = f"/acme/{name}/builds/{build}/jobs/tests/log"

        def events():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
            connection.request("GET", f"{base}/events?offset=99999999999")
            response = connection.getresponse()
            if response.status != 200:
                connection.close()
                return False
            for line in response:
                if line.startswith(b"event: end"):
                    connection.close()
                    return True
            return False

        until(events, 300)
        return time.time()

    def prepared(self, count, standby=0):
        """Until so many prepared places wait and no job is there: what was used is made anew in the background. A
        container that waits for a hook has a place of its own, and is not named after a job."""

        def is_ready():
            waiting = [names for names in self.names_of("kozmic.standby") if not re.search(r"-\d+-\d+-build-", names)]
            # A waiting container has the label of jobs as well, without a number.
            jobs = [container for container in self.listed("kozmic.job") if container["Labels"]["kozmic.job"]]
            return (len(self.containers("kozmic.berth")) == count + standby and not jobs
                    and len(waiting) == len(self.names_of("kozmic.standby")) == standby)

        until(is_ready, 60)

    def containers(self, label=None):
        """The ids of this controller's containers."""
        return [container["Id"] for container in self.listed(label)]

    def names_of(self, label):
        return [container["Names"][0] for container in self.listed(label)]

    def listed(self, label):
        instance = open(f"{self.folder}/data/instance").read().strip()
        labels = [f"kozmic.instance={instance}"] + ([label] if label else [])
        with contextlib.closing(EngineConnection()) as engine:
            query = urllib.parse.quote(json.dumps({"label": labels}))
            engine.request("GET", f"/v1.40/containers/json?all=1&filters={query}")
            return json.loads(engine.getresponse().read())

    def cpu(self):
        """Seconds of processor time that the controller has used."""
        fields = open(f"/proc/{self.controller.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stored(self, job):
        """When the first and the last byte of a build script's output were stored, and how many there are."""
        records = open(f"{self.folder}/data/logs/{job // 1000}/{job}.chunks", "rb").read()
        chunks = [struct.unpack_from("<QQBB", records, place) for place in range(0, len(records) - 23, 24)]
        build = [(end, end - start, time) for (start, *_), (end, time, section, _)
                 in zip([(0,)] + chunks, chunks) if section == 2]
        return build[0][2] / 1000, build[-1][2] / 1000, sum(size for _, size, _ in build)

    def log(self, build, name="p0"):
        return request(self.port, "GET", f"/acme/{name}/builds/{build}/jobs/tests/log")[1]


def docker_run(script):
    """Seconds until the script prints the time, and until `docker run --rm` ends."""
    begin = time.time()
    output = subprocess.run(
        ["docker", "run", "--rm", IMAGE, "sh", "-c", script], env={**os.environ, "DOCKER_HOST": ENGINE},
        capture_output=True, text=True, check=True).stdout
    return int(output) / 1e9 - begin, time.time() - begin


def row(name, text):
    print(f"| {name} | {text} |", flush=True)


def ms(values):
    return f"{statistics.median(values) * 1000:.0f} ms"


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


def fifty(program):
    seconds, bare, cpu = [], [], []
    with World(program, "#!/bin/sh\necho hello", options=("--standby", "0")) as world:
        for _ in range(3):
            world.prepared(4)
            commits = [world.commit() for _ in range(50)]
            used, begin = world.cpu(), time.time()
            for sha, _ in commits:
                world.push(sha)
            with concurrent.futures.ThreadPoolExecutor(50) as pool:
                seconds.append(max(pool.map(lambda commit: world.wait(commit[1]), commits)) - begin)
            cpu.append(world.cpu() - used)
            world.prepared(4)
            begin = time.time()
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda _: bare_sequence(["echo", "hello"]), range(50)))
            bare.append(time.time() - begin)
    ratio = statistics.median(a / b for a, b in zip(seconds, bare))
    row("50 jobs, 4 slots", f"{statistics.median(seconds):.1f} s, {ratio:.2f} times the same 50 sequences done bare "
        f"({statistics.median(bare):.1f} s), {statistics.median(cpu):.2f} s of the controller's processor time")


def tree(program, files=50_000):
    """A repository of many files: from the trigger to the script, which needs the whole work tree, next to git's own."""
    def git(*arguments, **options):
        return subprocess.run(["git", *arguments], check=True, capture_output=True, **options)

    first, next_ones, bare = [], [], []
    with World(program, "#!/bin/sh\ndate +%s%N; ls | wc -l", options=("--standby", "0")) as world:
        source = f"{world.folder}/source"
        stream = ["commit refs/heads/main\ncommitter a <a@example.org> 1700000000 +0000\ndata 1\nx\n"]
        for n in range(files):
            text = f"file {n}\n" * 40
            stream.append(f"M 100644 inline d{n % 250}/e{n % 7}/f{n}\ndata {len(text)}\n{text}\n")
        git("init", "--quiet", "--bare", source)
        git("-C", source, "fast-import", "--quiet", "--force", input="".join(stream).encode())
        address = f"http://kozmic:{TOKEN}@127.0.0.1:{world.github}/acme/p0.git"
        git("-C", source, "push", "--quiet", "--force", address, "main")
        world.builds += 1
        world.wait(1)
        for n in range(6):
            world.prepared(4)
            sha, build = world.commit()
            begin = time.time()
            world.push(sha)
            world.wait(build)
            printed = int(re.search(rb"^(\d{19})$", world.log(build), re.M)[1]) / 1e9
            (next_ones if n else first).append(printed - begin)
            git("-C", source, "fetch", "--quiet", address, sha)
            begin = time.time()
            git("-C", source, "worktree", "add", "--quiet", "--detach", f"{world.folder}/tree{n}", sha)
            bare.append(time.time() - begin)
            shutil.rmtree(f"{world.folder}/tree{n}")
    ratio = statistics.median(a / b for a, b in zip(first + next_ones, bare))
    row(f"work tree of {files:,} files", f"script runs {ms(first + next_ones)} after the trigger, {ratio:.2f} times "
        f"`git worktree add` alone ({ms(bare)})")


def log(program):
    line = "line " + "." * 94
    script = f"#!/bin/sh\nyes '{line}' | head -n 1000000"
    rates = []
    with World(program, script, options=("--standby", "0")) as world:
        for n in range(21):
            world.prepared(4)
            sha, build = world.commit()
            world.push(sha)
            world.wait(build)
            first, last, size = world.stored(build)
            if size != 100_000_000:
                raise SystemExit(f"measure.py: the log has {size} bytes of output")
            if n:
                rates.append(size / 1e6 / max(last - first, 0.001))
        peak = world.memory("VmHWM")
    row("100 MB log", f"{statistics.median(rates):.0f} MB/s from the first byte to the last in the store, "
        f"largest memory {peak:.0f} MiB")


def webhooks(program):
    with World(program, "#!/bin/sh\ntrue") as world:
        body = json.dumps({"zen": "x" * 7000, "hook_id": 1}).encode()
        headers = world.headers(body, "ping")
        del headers["X-GitHub-Delivery"]
        with open(f"{world.folder}/wrk.lua", "w") as file:
            file.write("local n = 0\nlocal id = math.random(1, 1e9)\n")
            file.write("function setup(thread) thread:set('seed', os.time() + math.random(1, 1e9)) end\n")
            file.write("function init() math.randomseed(seed) id = math.random(1, 1e9) end\n")
            file.write(f"wrk.method = 'POST'\nwrk.body = '{body.decode()}'\n")
            for key, value in headers.items():
                file.write(f"wrk.headers['{key}'] = '{value}'\n")
            file.write("function request() n = n + 1; wrk.headers['X-GitHub-Delivery'] = id .. '-' .. n; "
                       "return wrk.format() end\n")
        output = subprocess.run(
            ["wrk", "-t2", "-c32", "-d10s", "--latency", "-s", f"{world.folder}/wrk.lua",
             f"http://127.0.0.1:{world.port}/_hooks/acme/p0/tests"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"measure.py: some webhooks were refused\n{output}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    worst = re.search(r"99%\s+(\S+)", output)[1]
    row("webhooks", f"{rate:,.0f} a second stored, 99th percentile {worst}")


def watch(port, path, count, ready):
    """Opens so many streams of one log and reads them until all end."""
    sockets = selectors.DefaultSelector()
    for _ in range(count):
        stream = socket.create_connection(("127.0.0.1", port))
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        if not stream.recv(4096).startswith(b"HTTP/1.1 200"):
            raise SystemExit("measure.py: a stream was refused")
        sockets.register(stream, selectors.EVENT_READ, [b""])
    ready.set()
    while sockets.get_map():
        for key, _ in sockets.select():
            data = key.fileobj.recv(1 << 16)
            key.data[0] = (key.data[0] + data)[-100:]
            if not data or b"event: end" in key.data[0]:
                sockets.unregister(key.fileobj)
                key.fileobj.close()


def probe(port, path):
    """Seconds from each line's own time to its arrival here, and the seconds between the first and the last line."""
    values, last, rest = [], [], b""
    with socket.create_connection(("127.0.0.1", port)) as stream:
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while b"event: end" not in rest:
            data = stream.recv(1 << 16)
            now = time.time_ns()
            if not data:
                break
            times = [int(text) for text in re.findall(rb"(?<!\d)(1\d{18})\\n", rest + data)]
            values += [(now - text) / 1e9 for text in times]
            last += times
            rest = (rest + data).rsplit(b"\n", 1)[-1] if times else rest + data
    return values, (last[-1] - last[0]) / 1e9


def live(program, watchers=500, lines=500):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    script = f"#!/bin/sh\nsleep 4\nfor n in $(seq {lines}); do date +%s%N; sleep 0.02; done"
    with World(program, script) as world:
        for count in (0, watchers, 0, watchers):
            world.prepared(4)
            sha, build = world.commit()
            world.push(sha)
            path = f"/acme/p0/builds/{build}/jobs/tests/log/events"
            until(lambda: request(world.port, "GET", f"/acme/p0/builds/{build}/jobs/tests")[0] == 200)
            before, ready = world.memory(), multiprocessing.Event()
            crowd = multiprocessing.Process(target=watch, args=(world.port, path, count, ready))
            crowd.start()
            ready.wait(60)
            open_ = world.memory() - before
            used = world.cpu()
            values, seconds = probe(world.port, path)
            # The script waits first: lines that were there before the probe say nothing.
            values = sorted(values)
            row(f"live log, {count} others watch",
                f"a line is here after {ms(values)}, 99th percentile {values[int(len(values) * 0.99)] * 1000:.1f} ms; "
                f"{lines} lines took the job {seconds:.1f} s; the streams cost {open_:.0f} MiB at first, "
                f"{world.memory() - before:.0f} MiB at the end, {world.cpu() - used:.1f} s of CPU")
            crowd.join(60)
            world.wait(build)


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
    rows = {"start": start, "job": job, "standby": standby, "fifty": fifty, "tree": tree, "log": log, "live": live,
            "webhooks": webhooks, "thousand": thousand}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the kozmic binary")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {' '.join(rows)} (default: all)")
    options = parser.parse_args()
    print("| what | figure |\n| --- | --- |")
    for name in options.rows or rows:
        rows[name](os.path.abspath(options.program))
