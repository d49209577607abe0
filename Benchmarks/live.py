"""Live logs: how soon a line is with those who watch, and what many who watch cost. A row of measure.py."""

import multiprocessing
import re
import resource
import selectors
import socket
import time

from world import World, request, row, until

PATIENCE = 120


def open_stream(port, path):
    stream = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    stream.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return stream


def watch(port, path, count, ready):
    """Opens so many streams of one log and reads them until all end."""
    streams = selectors.DefaultSelector()
    for _ in range(count):
        stream = open_stream(port, path)
        if not stream.recv(4096).startswith(b"HTTP/1.1 200"):
            raise SystemExit("a stream was refused")
        streams.register(stream, selectors.EVENT_READ)
    ready.set()
    buffer = bytearray(1 << 16)
    view = memoryview(buffer)
    while streams.get_map():
        found = streams.select(PATIENCE)
        if not found:
            raise SystemExit(f"nothing more came on {len(streams.get_map())} streams")
        for key, _ in found:
            length = key.fileobj.recv_into(view)
            # Three events at most have the end in their last bytes.
            if length == 0 or buffer.find(b"event: end", max(0, length - 400), length) >= 0:
                streams.unregister(key.fileobj)
                key.fileobj.close()


def probe(port, path):
    """Seconds from each line's own time to its arrival here, and the seconds between the first and the last line."""
    values, last, rest = [], [], b""
    with open_stream(port, path) as stream:
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
    with World(program, script, options=("--standby", "0")) as world:
        for count in (0, watchers, 0, watchers):
            world.prepared(4)
            sha, build = world.commit()
            world.push(sha)
            path = f"/acme/p0/builds/{build}/jobs/tests/log/events"
            until(lambda: request(world.port, "GET", f"/acme/p0/builds/{build}/jobs/tests")[0] == 200, what="the job")
            before, ready = world.memory(), multiprocessing.Event()
            crowd = multiprocessing.Process(target=watch, args=(world.port, path, count, ready), daemon=True)
            crowd.start()
            if not ready.wait(60):
                raise SystemExit("the streams could not be opened in a minute")
            open_ = world.memory() - before
            used = world.cpu()
            # The script waits first: lines that were there before the probe say nothing.
            values, seconds = probe(world.port, path)
            values = sorted(values)
            used, closing = world.cpu() - used, world.memory() - before
            row(f"live log, {count} others watch",
                f"a line is here after {statistics_of(values)}; {lines} lines took the job {seconds:.1f} s; "
                f"the streams cost {open_:.0f} MiB at first, {closing:.0f} MiB at the end, {used:.1f} s of CPU, "
                f"{used / lines / (count + 1) * 1e6:.0f} µs for a line and a stream")
            crowd.join(PATIENCE)
            if crowd.exitcode != 0:
                raise SystemExit(f"the streams did not end well: {crowd.exitcode}")
            world.wait(build)


def statistics_of(values):
    worst = values[int(len(values) * 0.99)] * 1000
    return f"{values[len(values) // 2] * 1000:.1f} ms, 99th percentile {worst:.1f} ms"
