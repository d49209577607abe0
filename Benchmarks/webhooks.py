"""Signed webhooks, as many as go, next to a server that does nothing with them. A row of measure.py."""

import argparse
import json
import os
import re
import subprocess
import tempfile

from world import World, free_port, request, row, until

# One of GitHub's own has about this size: what a repository and an account look like, and a few words.
LINKS = ["archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents",
         "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks",
         "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones",
         "notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams"]
SIZE = 7000
CONNECTIONS = 256
SECONDS = 10


def payload():
    repository = {"id": 1, "full_name": "acme/p0", "private": False, "default_branch": "main"}
    repository |= {f"{link}_url": f"https://api.github.com/repos/acme/p0/{link}{{/id}}" for link in LINKS}
    account = {f"{link}_url": f"https://api.github.com/users/octocat/{link}{{/other}}" for link in LINKS[:14]}
    value = {"zen": "", "hook_id": 1, "hook": {"type": "Repository", "id": 1, "active": True, "events": ["push"]},
             "repository": repository, "sender": {"login": "octocat", "id": 583231, "site_admin": False} | account}
    value["zen"] = "Keep it logically awesome. " * ((SIZE - len(json.dumps(value))) // 27)
    return json.dumps(value).encode()


def script(headers, body, path):
    """For wrk: only the GUID is another one each time, so that making requests takes little of the machine."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    head += "".join(f"{key}: {value}\r\n" for key, value in headers.items()) + "X-GitHub-Delivery: "
    return (f"local head = {lua(head)}\nlocal tail = {lua(chr(13) + chr(10) + chr(13) + chr(10) + body.decode())}\n"
            "local n, id = 0, 0\n"
            "function setup(thread) thread:set('seed', os.time() + math.random(1, 1e9)) end\n"
            "function init() math.randomseed(seed) id = string.format('%012x-', math.random(1, 2^31)) end\n"
            "function request() n = n + 1; return head .. id .. n .. tail end\n")


def lua(text):
    return '"' + "".join(c if c.isalnum() or c in " {}[]:;,./_-" else f"\\{ord(c):03d}" for c in text) + '"'


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(port, path, headers, body, pid):
    """Requests a second, the latencies, and microseconds of CPU for a request here and at the server."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script(headers, body, path))
        file.flush()
        before, times = cpu(pid), os.times()
        output = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "--timeout", "20s", "-s", file.name,
             f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True, timeout=120).stdout
        used, after = cpu(pid) - before, os.times()
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"some webhooks were refused\n{output}")
    count = int(re.search(r"(\d+) requests in", output)[1])
    own = after.children_user + after.children_system - times.children_user - times.children_system
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), "count": count,
        "median": re.search(r"50%\s+(\S+)", output)[1], "worst": re.search(r"99%\s+(\S+)", output)[1],
        "server": used / count * 1e6, "client": own / count * 1e6}


def text(found, what):
    return (f"{found['rate']:,.0f} a second {what}, median {found['median']}, 99th percentile {found['worst']}; "
            f"{found['server']:.0f} µs of CPU each, and {found['client']:.0f} µs of wrk's")


def webhooks(program):
    body, path = payload(), "/_hooks/acme/p0/tests"
    with World(program, "#!/bin/sh\ntrue", options=("--standby", "0")) as world:
        headers = world.headers(body, "ping")
        del headers["X-GitHub-Delivery"]
        world.prepared(4)
        found = measure(world.port, path, headers, body, world.controller.pid)
        row(f"webhooks of {len(body):,} bytes", text(found, "stored"))
    floor = os.path.join(os.path.dirname(program), "webhook-floor")
    if not os.path.exists(floor):
        row("webhooks, nothing done with them", f"not measured: there is no {floor}")
        return
    port = free_port()
    with subprocess.Popen([floor, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until(lambda: request(port, "POST", path, b"{}")[0] == 202, what="the server that does nothing")
            row("webhooks, nothing done with them", text(measure(port, path, headers, body, server.pid), "answered"))
        finally:
            server.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the kozmic binary")
    webhooks(os.path.abspath(parser.parse_args().program))
