"""Measures how long a plan against what is remembered of GitHub takes: `plan.py --program kozmic [--projects 1000]`.

A server applies the configuration of that many projects with three hooks each, from a folder and with no GitHub in
reach. What it would have seen there is then written into its database, and `kozmic plan --stored` is timed: the start
of the process, reading and checking the configuration, reading the database, and the plan itself.
"""

import argparse
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time

ENVIRONMENT = {
    **os.environ, "KOZMIC_GITHUB_TOKEN": "none", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bench", "GIT_AUTHOR_EMAIL": "bench@example.org", "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@example.org",
}
HOOKS = ("tests", "lint", "docs")


def project(number, events="push: {branches: ['**']}"):
    hooks = "".join(
        f"  {hook}:\n    title: {hook.title()} of {number}\n    on:\n      {events}\n    image: kozmic/debian:bookworm\n"
        f"    install_script: |\n      #!/bin/sh\n      apt-get install -y make\n    tracked_files: [Makefile]\n"
        f"    build_script: |\n      #!/bin/sh\n      make {hook}\n" for hook in HOOKS)
    return f"repository: acme/p{number}\npermissions: {{collaborators: {{octocat: push}}}}\nhooks:\n{hooks}"


def observation(number, url):
    return json.dumps({
        "collaborators": [{"level": "push", "login": "octocat"}], "deployKeys": [], "fullName": f"acme/p{number}",
        "inherited": {}, "invitations": [], "isOrganization": True, "isPrivate": False, "isViewerAdmin": True,
        "lists": 7, "teams": [], "viewer": "kozmic", "webhooks": [
            {"active": True, "contentType": "json", "events": ["push"], "id": number * 10 + position,
             "insecureSSL": "0", "secretFingerprint": "none", "url": f"{url}/_hooks/acme/p{number}/{hook}"}
            for position, hook in enumerate(HOOKS)],
    })


def measure(program, folder, count):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    admin, data, url = f"{folder}/admin", f"{folder}/data", f"http://127.0.0.1:{port}"
    os.makedirs(f"{admin}/projects")

    def git(*arguments):
        subprocess.run(["git", "-C", admin, *arguments], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)

    def write(path, text):
        with open(f"{admin}/{path}", "w") as file:
            file.write(text)

    git("init", "--quiet", "--initial-branch", "main")
    for number in range(count):
        write(f"projects/p{number}.yaml", project(number))
    git("add", "--all")
    git("commit", "--quiet", "--message", "All")
    options = ["--config-repo", admin, "--data-dir", data, "--listen", f"127.0.0.1:{port}", "--external-url", url,
               # Port 9 answers nobody.
               "--github-url", "http://127.0.0.1:9", "--github-api-url", "http://127.0.0.1:9",
               "--docker-host", "unix:///nonexistent"]
    log = open(f"{folder}/serve.log", "w")
    server = subprocess.Popen([program, "serve", *options], env=ENVIRONMENT, stdout=log, stderr=log)
    try:
        for _ in range(6000):
            time.sleep(0.01)
            try:
                database = sqlite3.connect(f"file:{data}/kozmic.sqlite?mode=ro", uri=True)
                done = database.execute("SELECT count(*) FROM project WHERE isActive = 1").fetchone()[0]
                database.close()
                if done == count:
                    break
            except sqlite3.Error:
                pass
        else:
            raise SystemExit(f"plan.py: the server did not apply the configuration, see {folder}/serve.log")
    finally:
        server.terminate()
        server.wait(60)
    database = sqlite3.connect(f"{data}/kozmic.sqlite")
    for row, repository in database.execute("SELECT id, repository FROM project").fetchall():
        database.execute("INSERT OR REPLACE INTO observation VALUES (?, ?, 0)",
                         (row, observation(int(repository.split("/p")[1]), url)))
    database.commit()
    database.close()

    def timed():
        seconds = []
        for _ in range(5):
            begin = time.monotonic()
            done = subprocess.run([program, "plan", admin, "--stored", "--output", "json", *options], env=ENVIRONMENT,
                                  capture_output=True, text=True)
            seconds.append(time.monotonic() - begin)
            if done.returncode not in (0, 2):
                raise SystemExit(f"plan.py: {done.stderr}")
        answer = json.loads(done.stdout)
        changes = sum(len(project["changes"]) for project in answer["projects"])
        return statistics.median(seconds), len(answer["projects"]), changes

    print("| what changed | seconds | projects planned | operations |\n| --- | --- | --- | --- |")
    print("| nothing | {:.2f} | {} | {} |".format(*timed()))
    write("projects/p0.yaml", project(0, "pull_request: {branches: [main]}"))
    print("| one project | {:.2f} | {} | {} |".format(*timed()))
    for number in range(count):
        write(f"projects/p{number}.yaml", project(number, "pull_request: {branches: [main]}"))
    print("| every project | {:.2f} | {} | {} |".format(*timed()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the kozmic binary, an optimised one")
    parser.add_argument("--projects", type=int, default=1000)
    given = parser.parse_args()
    place = tempfile.mkdtemp(prefix="kozmic-plan-", dir="/var/tmp")
    try:
        measure(os.path.abspath(given.program), place, given.projects)
    finally:
        shutil.rmtree(place)
