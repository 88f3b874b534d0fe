# SPDX-License-Identifier: PostgreSQL
"""The server under measurement: a cluster that script/bench_server has started, and single-user runs on copies of it."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = os.environ["MESHLINE_CLUSTER"]
BINDIR = subprocess.run([os.environ["PG_CONFIG"], "--bindir"], capture_output=True, text=True, check=True).stdout.strip()


def figure(name, value, unit, digits=3):
    print(f"figure: {name} {value:.{digits}f} {unit}", flush=True)


def say(text):
    print(text, flush=True)


def psql(database, sql, stdin=None):
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]
    if stdin is None:
        return subprocess.run(command, input=sql, capture_output=True, text=True, check=True).stdout.strip()
    with subprocess.Popen(command + ["-c", sql], stdin=subprocess.PIPE, text=True) as process:
        for piece in stdin:
            process.stdin.write(piece)
        process.stdin.close()
        if process.wait() != 0:
            sys.exit(f"psql failed: {sql}")
    return ""


def as_server(*command, **options):
    return subprocess.run([str(ROOT / "script/cluster"), "run", CLUSTER, *command], **options)


def stop_server():
    as_server(f"{BINDIR}/pg_ctl", "-D", f"{CLUSTER}/data", "-m", "fast", "-w", "stop", check=True, stdout=subprocess.DEVNULL)


def start_server(folder, *settings):
    options = " ".join(f"-c {setting}" for setting in settings)
    as_server(f"{BINDIR}/pg_ctl", "-D", folder, "-l", f"{CLUSTER}/log", "-o", options, "-w", "-t", "120", "start",
              check=True, stdout=subprocess.DEVNULL)


def write_for_server(path, pieces):
    with subprocess.Popen([str(ROOT / "script/cluster"), "run", CLUSTER, "tee", str(path)], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True) as process:
        for piece in pieces:
            process.stdin.write(piece)


def copy_of_data():
    as_server("rm", "-rf", f"{CLUSTER}/work", check=True)
    as_server("cp", "-a", f"{CLUSTER}/data", f"{CLUSTER}/work", check=True)
    return f"{CLUSTER}/work"


def instructions(database, statements):
    """Instructions of one single-user backend that runs the statements on a copy of the pristine cluster."""
    folder = copy_of_data()
    write_for_server(f"{CLUSTER}/statements", statements)
    done = as_server("sh", "-c", f"exec valgrind --tool=callgrind --callgrind-out-file=/dev/null {BINDIR}/postgres --single "
                     f"-D {folder} {database} <{CLUSTER}/statements", capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or collected is None or re.search(r"\b(ERROR|FATAL|PANIC):", done.stderr):
        sys.exit(f"the single-user run failed:\n{done.stderr[-3000:]}")
    return int(collected.group(1))
