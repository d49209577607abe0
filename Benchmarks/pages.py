"""Measures every page of a server with 1,000 projects and 100,000 builds. See README.md beside this file."""

import argparse
import asyncio
import base64
import hashlib
import os
import re
import sqlite3
import statistics
import threading
import time

import world

FINISHED = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :builds - 1)
INSERT INTO build (id, projectID, number, ref, sha, message, authorName, authorEmail, sender, kind, trusted, configCommit,
    state, createdAt, startedAt, finishedAt, statusMode, page)
SELECT 1 + i, 1 + i % :projects, 1 + i / :projects,
    CASE WHEN i / :projects % 4 < 3 THEN 'refs/heads/main' ELSE 'refs/heads/topic-' || (i / :projects) END,
    lower(hex(randomblob(20))), 'Change number ' || i || ' of a great many' || char(10, 10) || 'With a body.',
    'Mona Octocat', 'mona@example.org', 'octocat', 'push', 1, 'c0ffee',
    CASE WHEN i % 7 = 0 THEN 'failure' ELSE 'success' END, :now - 60000 * (:builds - i),
    :now - 60000 * (:builds - i) + 500, :now - 60000 * (:builds - i) + 42000, 'build', 'http://ci.example.org/' FROM n
"""
JOBS = """
INSERT INTO job (id, buildID, projectID, hook, title, config, attempt, state, exitCode, cacheKey, cacheReused, createdAt,
    startedAt, finishedAt, page)
SELECT 3 * build.id - 2 + value, build.id, projectID, json_extract(project.config, '$.hooks[' || value || '].id'), 'Job',
    json_extract(project.config, '$.hooks[' || value || ']'), 1,
    CASE WHEN build.state = 'failure' AND value = 2 THEN 'failure' ELSE 'success' END,
    CASE WHEN build.state = 'failure' AND value = 2 THEN 1 ELSE 0 END, 'key', 1, build.createdAt, startedAt, finishedAt, ''
FROM build JOIN project ON project.id = projectID JOIN (SELECT 0 AS value UNION ALL SELECT 1 UNION ALL SELECT 2) AS hooks
"""
STATUSES = """
INSERT INTO status (projectID, sha, context, buildID, state, description, targetURL, sequence, acknowledgedSequence, nextTryAt)
SELECT projectID, sha, 'Kozmic CI', id, state, 'Build passed', '', 3, 3, 0 FROM build
"""
DELIVERIES = """
INSERT INTO delivery (id, repository, repositoryKey, hook, guid, event, receivedAt, state, decision, buildNumber, sha)
SELECT build.id, repository, repositoryKey, 'tests', 'guid-' || build.id, 'push', build.createdAt, 'done', 'docs, lint, tests run',
    number, sha FROM build JOIN project ON project.id = projectID
"""
PULL_REQUESTS = """
INSERT OR IGNORE INTO pullRequest (projectID, number, ref, base, title, author, openedAt, eventAt, isOpen)
SELECT id, value, 'refs/heads/topic-' || (4 * value + 3), 'main', 'Pull request ' || value, 'octocat', :now, 1, 1
FROM project JOIN (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 20) SELECT value FROM n)
"""
PERSON = "INSERT INTO person (id, login, name, checkedAt) VALUES (1, 'octocat', 'Mona Octocat', :now)"
SESSION = """
INSERT INTO session (hash, personID, createdAt, seenAt, expiresAt) VALUES (:hash, 1, :now, :now, :now + 86400000)
"""
# What a browser that signed in sends.
SECRET = bytes(range(32))
COOKIE = "kozmic=" + base64.urlsafe_b64encode(SECRET).decode().rstrip("=")


class Seeded(world.World):
    """A server whose database was filled while it was stopped."""

    def __init__(self, program, projects, builds):
        super().__init__(program, "#!/bin/sh\nmake", projects=projects, hooks=("docs", "lint", "tests"),
                         options=("--no-github-pacing", "--sync-interval", "24h", "--show-private"))
        self.total = builds

    def __enter__(self):
        try:
            self.fill()
        except BaseException:
            self.__exit__()
            raise
        return self

    def fill(self):
        declared = threading.Event()

        def refill():
            while not declared.wait(5):
                try:
                    self.control("PUT", "quota", {"user": "kozmic", "remaining": 5000})
                except OSError:
                    pass

        # 3,000 webhooks are more than GitHub lets one make in an hour.
        threading.Thread(target=refill, daemon=True).start()
        try:
            super().__enter__()
        finally:
            declared.set()
        self.controller.terminate()
        self.controller.wait(60)
        self.processes.remove(self.controller)
        with sqlite3.connect(f"{self.folder}/data/kozmic.sqlite") as db:
            values = {"projects": len(self.names), "builds": self.total, "now": int(time.time() * 1000)}
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("DELETE FROM delivery")
            db.execute("UPDATE project SET isPrivate = 0, lastBuildNumber = :builds / :projects", values)
            for sql in (FINISHED, JOBS, STATUSES, DELIVERIES):
                db.execute(sql, values if sql is FINISHED else {})
            db.execute(PULL_REQUESTS, {"now": values["now"]})
            db.execute(PERSON, {"now": values["now"]})
            db.execute(SESSION, {"now": values["now"], "hash": hashlib.sha256(SECRET).digest()})
            job, self.name, self.number = db.execute(
                "SELECT job.id, repository, number FROM job JOIN build ON build.id = buildID JOIN project ON "
                "project.id = build.projectID ORDER BY job.id DESC LIMIT 1").fetchone()
        folder = f"{self.folder}/data/logs/{job // 1000}"
        os.makedirs(folder, exist_ok=True)
        text = b"".join(b"\x1b[32mok\x1b[0m line %d of a log that is not very interesting\n" % n for n in range(20000))
        now = int(time.time() * 1000)
        with open(f"{folder}/{job}.log", "wb") as log, open(f"{folder}/{job}.chunks", "wb") as chunks:
            log.write(text)
            chunks.write(len(text).to_bytes(8, "little") + now.to_bytes(8, "little") + bytes([2, 1] + [0] * 6))
        self.controller = self.serve()
        # The first pass over everything is not what is measured.
        for _ in range(120):
            before = self.cpu()
            time.sleep(2)
            if self.cpu() - before < 0.05:
                break

    def pages(self):
        base, number = f"/{self.name}", self.number
        job = f"{base}/builds/{number}/jobs/tests"
        return self.api(f"/_api/v1/projects{base}") | {
            "projects": "/", "projects, page 5": "/?page=5", "projects, by state": "/?sort=state",
            "projects, filtered": "/?q=project-77", "project": base, "project, of a branch": f"{base}?ref=main",
            "history": f"{base}/builds", "history, of a branch": f"{base}/builds?ref=main",
            "history, older": f"{base}/builds?before={number // 2}", "history, by author": f"{base}/builds?author=mona",
            "history, by text": f"{base}/builds?q=great+many", "history, nothing found": f"{base}/builds?q=nowhere",
            "branches": f"{base}/branches", "build": f"{base}/builds/{number}", "job": job, "job, head": f"{job}?part=head",
            "log, raw, 1 KB": f"{job}/log", "log, lines": f"{job}/log/lines?from=9000&count=300",
            "log, sections": f"{job}/log/sections", "log, search": f"{job}/log/search?q=line%201999",
            "log, errors": f"{job}/log/search?errors", "account": "/_account",
            "settings": f"{base}/settings", "badge": f"/_badges{base}.svg",
            "badge of a hook": f"/_badges{base}.svg?hook=tests", "feed": f"{base}/feed.atom", "sync": "/_sync",
            "deliveries": "/_deliveries", "delivery": f"/_deliveries/{self.total}", "metrics": "/_metrics",
            "ready": "/_health/live"}

    def api(self, base):
        build = f"{base}/builds/{self.number}"
        job = f"{build}/jobs/tests"
        return {
            f"API, {name}": path for name, path in {
                "user": "/_api/v1/user", "projects": "/_api/v1/projects",
                "projects, filtered": "/_api/v1/projects?text=project-77",
                "project": base, "settings": f"{base}/settings", "members": f"{base}/members", "branches": f"{base}/branches",
                "pull requests": f"{base}/pull-requests", "images": f"{base}/images", "builds": f"{base}/builds",
                "builds, by text": f"{base}/builds?text=nowhere", "build": build, "job": job,
                "log, raw, 1 KB": f"{job}/log", "log, lines": f"{job}/log/lines?from=9000&count=300",
                "log, sections": f"{job}/log/sections", "log, search": f"{job}/log/search?q=line%201999",
                "queue": "/_api/v1/queue", "sync": "/_api/v1/sync", "deliveries": "/_api/v1/deliveries",
                "delivery": f"/_api/v1/deliveries/{self.total}", "description": "/_api/v1/openapi.json"}.items()}


async def ask(port, path, number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    headers = "Range: bytes=-1024\r\n" if path.endswith("/log") else ""
    if path == "/_account":
        headers += f"Cookie: {COOKIE}\r\n"
    # As many callers: one alone may not ask so often for what is dear.
    headers += f"X-Forwarded-For: 198.18.{number // 250}.{number % 250}\r\n"
    begin = time.perf_counter()
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n".encode())
    try:
        answer = await asyncio.wait_for(reader.read(-1), 60)
        seconds = time.perf_counter() - begin
    finally:
        writer.close()
    return seconds, int(answer[9:12] or 0), len(answer)


async def load(port, path, rate, count):
    """An open loop: requests start on time, however long earlier ones take."""
    loop = asyncio.get_running_loop()
    start, tasks = loop.time() + 0.05, []
    for n in range(count):
        await asyncio.sleep(max(0, start + n / rate - loop.time()))
        tasks.append(asyncio.create_task(ask(port, path, n)))
    return await asyncio.gather(*tasks)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the kozmic binary")
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--builds", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=50, help="requests a second")
    parser.add_argument("--count", type=int, default=250, help="requests of each page")
    parser.add_argument("pages", nargs="*", help="some of the pages (default: all)")
    options = parser.parse_args()
    with Seeded(os.path.abspath(options.program), options.projects, options.builds) as server:
        print(f"{options.projects:,} projects, {options.builds:,} builds, {options.rate} requests a second\n")
        print("| page | median | 99th percentile | size | CPU of the server |\n| --- | --- | --- | --- | --- |", flush=True)
        for name, path in server.pages().items():
            if options.pages and name not in options.pages:
                continue
            asyncio.run(load(server.port, path, options.rate, 10))
            before = server.cpu()
            answers = asyncio.run(load(server.port, path, options.rate, options.count))
            if {status for _, status, _ in answers} - {200, 206}:
                raise SystemExit(f"pages.py: {path} was answered {answers[0]}")
            times = sorted(seconds * 1000 for seconds, _, _ in answers)
            print(f"| {name} | {statistics.median(times):.1f} ms | {times[int(len(times) * 0.99)]:.1f} ms "
                  f"| {answers[0][2] / 1024:.0f} KB | {(server.cpu() - before) / options.count * 1000:.2f} ms |", flush=True)
        memory = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{server.controller.pid}/status").read())[1]) // 1024
        print(f"\nmemory afterwards: {memory} MiB")


if __name__ == "__main__":
    main()
