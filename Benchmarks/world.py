"""What the measurements run in: a controller, a stand-in for GitHub, the engine. See README.md beside this file."""

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import struct
import statistics
import subprocess
import tempfile
import time
import urllib.parse

IMAGE = os.environ.get("KOZMIC_TEST_IMAGE", "kozmic/debian:bookworm")
ENGINE = os.environ.get("KOZMIC_TEST_DOCKER_HOST", "unix:///var/run/docker.sock")
TOKEN = "token-of-the-benchmark"
OF_A_JOB = re.compile(r"-\d+-\d+-build-")


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


class GaveUp(SystemExit):
    """Something that was waited for did not come."""


def until(look, seconds=120, what="an answer", pause=0.005, state=lambda: ""):
    """Asks until there is something. If nothing comes, the last error and the state then are told."""
    deadline, problem = time.monotonic() + seconds, ""
    while time.monotonic() < deadline:
        try:
            value = look()
            if value:
                return value
        except (OSError, http.client.HTTPException) as error:
            problem = f"; the last error: {error!r}"
        time.sleep(pause)
    raise GaveUp(f"gave up waiting for {what} after {seconds} s{problem}{state()}")


class EngineConnection(http.client.HTTPConnection):
    """Docker's API over its socket, with nothing in between."""

    def __init__(self):
        super().__init__("docker", timeout=120)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(ENGINE.removeprefix("unix://"))

    def ask(self, method, path, body=None):
        self.request(method, f"/v1.40{path}", json.dumps(body) if body else None,
                     {"Content-Type": "application/json"} if body else {})
        response = self.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise SystemExit(f"the engine answered {method} {path} with {response.status} {answer[:500]}")
        return json.loads(answer) if answer.strip().startswith(b"{") else answer


class World:
    """A stand-in for GitHub and a controller with one or more projects, each with the same hooks."""

    def __init__(self, program, script, projects=1, jobs=4, hooks=("tests",), options=(), hook=None,
                 secrets=None):
        self.program, self.script = program, script
        self.hook, self.secrets = hook or {}, secrets or {}
        self.names = [f"p{n}" for n in range(projects)]
        self.folder = tempfile.mkdtemp(prefix="kozmic-bench-", dir="/var/tmp")
        self.github, self.port = free_port(), free_port()
        self.jobs, self.hooks, self.options = jobs, hooks, options
        self.processes = []
        self.builds = 0

    def __enter__(self):
        self.start("simulate-github", "--port", str(self.github), "--state-dir", f"{self.folder}/github")
        until(lambda: request(self.github, "GET", "/_control/health")[0] == 200, what="the stand-in for GitHub")
        self.control("POST", "users", {"login": "kozmic", "token": TOKEN})
        self.control("POST", "orgs", {"login": "acme", "owners": ["kozmic"]})
        files = {}
        for name in self.names:
            self.control("POST", "repos", {"owner": "acme", "name": name, "files": {"README": "x\n"}})
            secrets = {"secrets": self.sealed(f"acme/{name}")} if self.secrets else {}
            files[f"projects/{name}.yaml"] = json.dumps({
                "repository": f"acme/{name}",
                "hooks": {
                    hook: {"image": IMAGE, "build_script": self.script, **secrets, **self.hook} for hook in self.hooks},
            })
        self.control("POST", "repos", {"owner": "acme", "name": "config", "private": True, "files": files})
        self.controller = self.serve()
        for name in self.names:
            until(lambda: len(self.control("GET", f"repos/acme/{name}/hooks")) == len(self.hooks), 900, "webhooks", 0.02)
        return self

    def __exit__(self, kind=None, *_):
        try:
            # A job's end is shown before its container is removed.
            if kind is None:
                until(lambda: not self.job_containers(), 60, "the removal of the last containers", 0.05, self.situation)
        finally:
            for process in reversed(self.processes):
                process.terminate()
            for process in self.processes:
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            left = self.listed() if os.path.exists(f"{self.folder}/data/instance") else []
            for container in left:
                with contextlib.closing(EngineConnection()) as engine:
                    engine.request("DELETE", f"/v1.40/containers/{container['Id']}?force=1&v=1")
                    engine.getresponse().read()
            # What went wrong is in the logs.
            if kind is None:
                shutil.rmtree(self.folder)
        if left and kind is None:
            raise SystemExit(f"containers were left over: {[c['Names'][0] + ' ' + c['State'] for c in left]}")

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
        until(lambda: request(self.port, "GET", "/_health/live")[0] == 200, what="the controller")
        return process

    def control(self, method, path, body=None):
        status, answer = request(
            self.github, method, f"/_control/{path}", json.dumps(body) if body is not None else None,
            {"Content-Type": "application/json"})
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {answer[:500]}")
        return json.loads(answer) if answer else None

    def memory(self, field="VmRSS"):
        text = open(f"/proc/{self.controller.pid}/status").read()
        return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024

    def sealed(self, repository):
        """The secrets, sealed for the controller that will be started."""
        key = f"{self.folder}/data/secret.key"
        if not os.path.exists(key):
            os.makedirs(f"{self.folder}/data", mode=0o700)
            with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(os.urandom(32).hex() + "\n")
        return {
            name: subprocess.run(
                [self.program, "secret", "seal", name, "--project", repository, "--secret-key-file", key],
                input=value, capture_output=True, text=True, check=True).stdout.strip()
            for name, value in self.secrets.items()}

    def secret(self, repository, hook="tests"):
        """HKDF-SHA-256 of the server's key, as the controller derives it."""
        key = bytes.fromhex(open(f"{self.folder}/data/secret.key").read().strip())
        middle = hmac.digest(bytes(32), key, "sha256")
        info = f"kozmic webhook 1\n{repository}\n{hook}".encode()
        return hmac.digest(middle, info + b"\x01", "sha256").hex().encode()

    def commit(self, name="p0", files=None):
        """A commit on the default branch that GitHub says nothing about."""
        answer = self.control("POST", f"repos/acme/{name}/commits", {
            "branch": "main", "message": "x", "silent": True, "files": {"n": str(time.monotonic_ns()), **(files or {})}})
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
            raise SystemExit(f"the webhook was answered {status} {answer}")

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

        until(events, 300, f"the end of build {build}", 0.005, self.situation)
        return time.time()

    def ended(self):
        """How many jobs have ended."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/data/kozmic.sqlite?mode=ro", uri=True)) as db:
            return db.execute("SELECT count(*) FROM job WHERE finishedAt IS NOT NULL").fetchone()[0]

    def prepared(self, count, standby=0):
        """Until so many prepared places wait and no job is there, and that for a second: what was used waits a moment for
        a job that follows at once, and is then made anew in the background, which is no part of the next job's start. A
        container that waits for a hook has a place of its own, and is not named after a job."""
        seen, since = None, 0.0

        def is_ready():
            nonlocal seen, since
            waiting = [c["Names"][0] for c in self.listed("kozmic.standby") if not OF_A_JOB.search(c["Names"][0])]
            places = [c["Names"][0] for c in self.listed("kozmic.berth")]
            if len(places) != count + standby or len(waiting) != standby or self.job_containers():
                seen = None
                return False
            if seen != sorted(places + waiting):
                seen, since = sorted(places + waiting), time.monotonic()
            return time.monotonic() - since > 1

        # Not asked too often: the engine is busy making what is waited for.
        until(is_ready, 120, f"{count} prepared places and {standby} waiting containers", 0.05, self.situation)

    def situation(self):
        """What is there, for whoever waited in vain."""
        lines = [f"{c['Names'][0]} {c['State']} {c['Status']} {c['Labels']}" for c in self.listed()]
        with open(f"{self.folder}/serve.log", errors="replace") as log:
            lines += log.read().splitlines()[-20:]
        return "".join(f"\n  {line}" for line in lines)

    def job_containers(self):
        """The containers of jobs. One that waits has the label as well, from its image and empty, and gets a job's name
        when a job uses it."""
        return [c for c in self.listed("kozmic.job") if c["Labels"]["kozmic.job"] or OF_A_JOB.search(c["Names"][0])]

    def listed(self, label=None):
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


def row(name, text):
    print(f"| {name} | {text} |", flush=True)


def ms(values):
    return f"{statistics.median(values) * 1000:.0f} ms"
