"""Measures a server with many projects: `scale.py --program kozmic [--projects 1000] [--interval 60] [--pacing-seconds 150]`.

A stand-in for GitHub and a controller, as separate programs; three hooks for each project. First without pacing: the first
synchronisation, what a full pass costs that finds nothing, how soon a change of one project is on GitHub, and memory.
Then, in a new world, with pacing: how many requests GitHub saw in any minute. (That the whole first synchronisation keeps
to the limits of the hour, too, is tested on a clock that jumps: `swift test --filter PacingTests`.)
"""

import argparse
import contextlib
import datetime
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time

TOKEN = "ghp_bench"
HOOKS = ("docs", "lint", "tests")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(look, seconds=900, pause=0.05):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, sqlite3.Error, http.client.HTTPException):
            if value := look():
                return value
        time.sleep(pause)
    raise SystemExit("scale.py: waited in vain")


def row(name, text):
    print(f"| {name} | {text} |", flush=True)


class World:
    """A stand-in with repositories, an admin repository that declares them, and a controller."""

    def __init__(self, program, count, interval, *options):
        self.program, self.options = program, options
        self.names = [f"p{n}" for n in range(count)]
        self.interval = interval
        self.folder = tempfile.mkdtemp(prefix="kozmic-scale-", dir="/var/tmp")
        self.github, self.port = free_port(), free_port()
        self.processes = []
        self.connection = None
        self.is_over = False

    def __enter__(self):
        self.start("simulate-github", "--port", str(self.github), "--state-dir", f"{self.folder}/github")
        until(lambda: self.ask("GET", "health"))
        self.ask("POST", "users", {"login": "kozmic", "token": TOKEN})
        threading.Thread(target=self.refill, daemon=True).start()
        self.ask("POST", "orgs", {"login": "acme", "owners": ["kozmic"]})
        for name in self.names:
            self.ask("POST", "repos", {"owner": "acme", "name": name, "files": {"README": "x\n"}})
        files = {f"projects/{name}.yaml": json.dumps(self.project(name, "push")) for name in self.names}
        self.ask("POST", "repos", {"owner": "acme", "name": "config", "private": True, "files": files})
        self.ask("DELETE", "requests")
        self.begin = time.monotonic()
        self.controller = self.start(
            "serve", "--config-repo", f"http://127.0.0.1:{self.github}/acme/config.git", "--data-dir",
            f"{self.folder}/data", "--listen", f"127.0.0.1:{self.port}", "--github-url",
            f"http://127.0.0.1:{self.github}", "--docker-host", "unix:///nonexistent", "--sync-interval",
            f"{self.interval}s", *self.options)
        return self

    def refill(self):
        """A first synchronisation needs more than a token has in an hour; a full pass that finds nothing costs none."""
        while not self.is_over:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.github, timeout=30)
                connection.request(
                    "PUT", "/_control/quota", json.dumps({"user": "kozmic", "remaining": 5000}),
                    {"Content-Type": "application/json"})
                connection.getresponse().read()
                connection.close()
            time.sleep(5)

    def __exit__(self, *_):
        self.is_over = True
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(60)
        shutil.rmtree(self.folder)

    def start(self, *arguments):
        log = open(f"{self.folder}/{arguments[0]}.log", "a")
        process = subprocess.Popen(
            [self.program, *arguments], stdout=log, stderr=log, env={**os.environ, "KOZMIC_GITHUB_TOKEN": TOKEN})
        self.processes.append(process)
        return process

    @staticmethod
    def project(name, event):
        hook = {"image": "kozmic/debian:bookworm", "build_script": "#!/bin/sh", "on": {event: {"branches": ["**"]}}}
        return {"repository": f"acme/{name}", "hooks": {hook_name: hook for hook_name in HOOKS}}

    def ask(self, method, path, body=None):
        """A control request to the stand-in."""
        try:
            self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.github, timeout=120)
            self.connection.request(
                method, f"/_control/{path}", json.dumps(body) if body is not None else None,
                {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection = None
            raise
        if answer.status >= 300:
            raise SystemExit(f"scale.py: {method} {path}: {answer.status} {text[:500]}")
        return json.loads(text) if text else True

    def stored(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/data/kozmic.sqlite?mode=ro", uri=True)) as db:
            return db.execute(query).fetchone()

    def memory(self, field="VmRSS"):
        text = open(f"/proc/{self.controller.pid}/status").read()
        return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024

    def cpu(self):
        """Seconds of both kinds that the controller used."""
        fields = open(f"/proc/{self.controller.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def full_pass(self):
        """When the latest full pass ended, and how long it took."""
        return self.stored("SELECT endedAt, milliseconds FROM fullPass")

    def wait_for_pass(self):
        old = self.full_pass()
        return until(lambda: (new := self.full_pass()) != old and new)


def unpaced(program, count, interval):
    with World(program, count, interval, "--no-github-pacing") as world:
        until(lambda: world.stored("SELECT count(*) FROM project WHERE condition = 'ready'")[0] == count)
        row(f"{count:,} projects, first synchronisation without pacing",
            f"{time.monotonic() - world.begin:.0f} s, {world.cpu():.1f} s of CPU, {world.memory('VmHWM'):.0f} MiB at most")
        # From the third on every answer is known, and what the start looks at once is done.
        until(world.full_pass)
        for _ in range(2):
            world.wait_for_pass()
        costs, times, requests = [], [], []
        for _ in range(3):
            world.ask("DELETE", "requests")
            before = world.cpu()
            took = world.wait_for_pass()[1]
            costs.append(world.cpu() - before)
            times.append(took / 1000)
            requests.append(world.ask("GET", "requests")["requests"])
        rest = [r for r in requests[-1] if r["kind"] == "rest"]
        row("a full pass that finds nothing",
            f"{statistics.median(costs):.2f} s of CPU in the whole {interval} s, {statistics.median(times):.1f} s long, "
            f"{len(rest):,} requests, {sum(r['counted'] for r in rest)} of them counted, "
            f"{sum(r['method'] != 'GET' for r in rest)} writes, {len(requests[-1]) - len(rest)} of git")
        values, spent = [], []
        for n in range(20):
            name = world.names[(37 * n) % count]
            cost, begin = world.cpu(), time.monotonic()
            world.ask("POST", "repos/acme/config/commits", {
                "branch": "main", "message": "x",
                "files": {f"projects/{name}.yaml": json.dumps(world.project(name, "pull_request"))}})
            until(lambda: all("push" not in h["events"] for h in world.ask("GET", f"repos/acme/{name}/hooks")),
                  pause=0.01)
            values.append(time.monotonic() - begin)
            spent.append(world.cpu() - cost)
            # Also while a full pass is under way.
            time.sleep(interval / 19)
        row("a change of one project, from the push to the last of its webhooks",
            f"median {statistics.median(values) * 1000:.0f} ms, at most {max(values) * 1000:.0f} ms, "
            f"{statistics.median(spent) * 1000:.0f} ms of CPU")
        row("memory", f"{world.memory():.0f} MiB, at most {world.memory('VmHWM'):.0f} MiB")


def most(times, length):
    """The most that lie within a window."""
    best, first = 0, 0
    for last, end in enumerate(times):
        while times[first] <= end - length:
            first += 1
        best = max(best, last - first + 1)
    return best


def moment(request):
    return datetime.datetime.fromisoformat(request["time"].replace("Z", "+00:00")).timestamp()


def paced(program, count, interval, seconds):
    with World(program, count, interval) as world:
        time.sleep(seconds)
        log = [r for r in world.ask("GET", "requests")["requests"] if r["kind"] == "rest"]
        writes = sorted(moment(r) for r in log if r["method"] != "GET")
        points = sorted(moment(r) for r in log for _ in range(1 if r["method"] == "GET" else 5))
        row(f"the first {seconds} s with pacing",
            f"{len(writes)} writes, at most {most(writes, 60)} in any minute (GitHub: 80), at most "
            f"{most(points, 60)} points in any minute (GitHub: 900), "
            f"{sum(r['status'] in (403, 429) for r in log)} refused; {world.memory('VmHWM'):.0f} MiB at most")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the kozmic binary, an optimised one")
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--interval", type=int, default=60, help="seconds between two full passes")
    parser.add_argument("--pacing-seconds", type=int, default=150)
    given = parser.parse_args()
    print("| what | figure |\n| --- | --- |")
    place = os.path.abspath(given.program)
    unpaced(place, given.projects, given.interval)
    if given.pacing_seconds:
        paced(place, given.projects, given.interval, given.pacing_seconds)
