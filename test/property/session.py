# SPDX-License-Identifier: PostgreSQL
"""A psql that stays connected: statements in, rows as JSON out. The tests need no client library of Python."""
import json
import os
import subprocess

MARK = "-- end of answer --"


class Failed(Exception):
    """A statement that the server refused."""


class Session:
    """PGHOST, PGPORT and PGUSER as psql wants them. `as_of` is the moment of the checks, None that of the database."""

    def __init__(self, database, as_of, user=None):
        self.database = database
        moment = "" if as_of is None else f"-c meshline.as_of={as_of.replace(' ', chr(92) + ' ')} "
        self.options = f"{moment}-c client_min_messages=warning"
        environment = dict(os.environ, PGDATABASE=database, PGOPTIONS=self.options)
        if user is not None:
            environment["PGUSER"] = user
        self.psql = subprocess.Popen(["psql", "-X", "-q", "-A", "-t"], env=environment, text=True, encoding="utf-8",
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def send(self, statements):
        """Does not wait; finish() does. What ends with a line is ended by itself, as COPY's data is."""
        end = "" if statements.endswith("\n") else ";"
        self.psql.stdin.write(f"{statements}{end}\n\\echo {MARK}\n")
        self.psql.stdin.flush()

    def finish(self):
        lines = []
        for line in self.psql.stdout:
            if line.rstrip("\n") == MARK:
                break
            lines.append(line)
        else:
            raise Failed("the server has gone: " + "".join(lines))
        answer = "".join(lines)
        if answer.startswith("ERROR:") or "\nERROR:" in answer:
            raise Failed(answer.strip())
        return answer.rstrip("\n")

    def run(self, statements):
        self.send(statements)
        return self.finish()

    def rows(self, query):
        return json.loads(self.run(f"SELECT coalesce(json_agg(to_json(answer)), '[]') FROM ({query}) AS answer").replace("\n", " "))

    def value(self, query):
        return self.rows(f"SELECT ({query}) AS value")[0]["value"]

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()


def literal(text):
    """A text as a constant of SQL, whatever it holds."""
    return "NULL" if text is None else "E'" + str(text).replace("\\", "\\\\").replace("'", "''") + "'"
