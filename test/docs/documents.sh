#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What the documents say is what the tests and the source say: sessions are quoted from expected output,
# reasons, policies and errors agree with the code, links lead somewhere.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python3 - <<'PY'
import glob
import os
import re

problems = []


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blocks(path):
    return re.findall(r"^```\n(.*?)^```$", read(path), re.S | re.M)


def rows(path, heading):
    """The rows of the tables below a heading, as lists of cells."""
    text = read(path).split("\n## " + heading + "\n")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.split("\n") if line.startswith("|")]


# Sessions are quotations.
session = read("expected/readme.out").split("\n", 1)[1]
quoted = [block for block in blocks("README.md") if block.startswith("INSERT")]
if "".join(quoted).split() != session.split() or not all(block.rstrip("\n") in session for block in quoted):
    problems.append("README.md: its session is not the one of expected/readme.out")
for block in blocks("docs/errors.md"):
    if block.rstrip("\n") not in read("expected/connector.out"):
        problems.append("docs/errors.md: a session is not in expected/connector.out")
writing = read("expected/connector_writing.out")
for block in blocks("docs/connectors.md"):
    if block.startswith(("SELECT", "INSERT")) and block.rstrip("\n") not in writing:
        problems.append("docs/connectors.md: a session is not in expected/connector_writing.out")
for block in blocks("docs/matching.md"):
    if block.rstrip("\n") not in read("expected/explain_sum.out"):
        problems.append("docs/matching.md: a session is not in expected/explain_sum.out")

# Reasons.
config = read("sql/workspace/10-config.sql")
reasons = {
    code: (owner, severity, "yes" if holds == "true" else "no")
    for code, owner, severity, holds in re.findall(r"\('([A-Z_]+)', '\w+', '(\w+)', '(\w+)', (\w+), \w+,", config)
}
described = {row[0].strip("`"): tuple(row[2:5]) for row in rows("docs/reconciliation.md", "Reason codes") if row[0].startswith("`")}
if not reasons or reasons != described:
    problems.append(f"docs/reconciliation.md: reasons differ: {sorted(set(reasons.items()) ^ set(described.items()))}")

# Policies: keys, scopes, and defaults where they are numbers.
listed = config.split("INSERT INTO meshline.policy_key")[1].split("CREATE TABLE")[0]
keys = {key: (scope, default) for key, scope, default in re.findall(r"\('([a-z_]+)', '(\w+)', '\w+', '?(\w+)'?,", listed)}
told = {}
for row in rows("docs/reconciliation.md", "Policies"):
    for key in re.findall(r"`([^`]+)`", row[0]):
        told[key] = (row[1], row[2])
for key, (scope, default) in keys.items():
    if key not in told or told[key][0] != scope or default.isdigit() and told[key][1] != default:
        problems.append(f"docs/reconciliation.md: policy {key} is told as {told.get(key)}")
tolerances = set(re.findall(r"'([A-Z_]+)'", config.split("SELECT 'tolerance_minor.'")[1].split("WHERE r.reason_code IN")[1].split(";")[0]))
if tolerances != {key.split(".")[1] for key in told if "." in key} or len(keys) + len(tolerances) != len(told):
    problems.append("docs/reconciliation.md: the tolerances are not those of 10-config.sql")

# Errors of our own.
for code in re.findall(r'"(ML\d{3})"', read("src/core/error.hpp")):
    if f"`{code}`" not in read("docs/errors.md"):
        problems.append(f"docs/errors.md: {code} is missing")


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


# Links within the checkout.
for path in ["README.md", "CHANGELOG.md", *glob.glob("docs/*.md")]:
    for target in re.findall(r"\]\(([^)]+)\)", re.sub(r"^```.*?^```$", "", read(path), flags=re.S | re.M)):
        if re.match(r"\w+:", target):
            continue
        name, _, part = target.partition("#")
        file = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
        if not os.path.exists(file):
            problems.append(f"{path}: {target} leads nowhere")
        elif part and part not in [anchor(h) for h in re.findall(r"^#+ (.*)$", read(file), re.M)]:
            problems.append(f"{path}: {target} has no such heading")

print("\n".join(problems) or "the documents agree")
raise SystemExit(bool(problems))
PY
