# SPDX-License-Identifier: PostgreSQL
"""Instructions per pair of the string kernels as SQL functions, beside the peers that Debian has.

Started by script/bench_kernels with the environment of a running cluster, which it stops. Usage: kernels.py
SHARED_FOLDER. Half of the pairs are a text and its copy with one or two typos, half are strangers."""
import csv
import lzma
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from server import figure, instructions, psql, say, stop_server  # noqa: E402  (lives one folder up)

PAIRS = (1_000, 11_000)  # the difference of two runs, so that start and end cancel out
KERNELS = [
    # name of the figure, expression, tables that it can read
    ("floor", "texteq(a, b)", "names titles utf8"),
    ("kernel.levenshtein", "meshline.levenshtein(a, b)", "names titles utf8"),
    ("peer.fuzzystrmatch.levenshtein", "levenshtein(a, b)", "names titles utf8"),
    ("peer.pg_similarity.levenshtein", "lev(a, b)", "names titles"),
    ("kernel.levenshtein_max_2", "meshline.levenshtein(a, b, 2)", "names titles utf8"),
    ("peer.fuzzystrmatch.levenshtein_max_2", "levenshtein_less_equal(a, b, 2)", "names titles utf8"),
    ("kernel.jaro_winkler_similarity", "meshline.jaro_winkler_similarity(a, b)", "names titles utf8"),
    ("peer.pg_similarity.jaro_winkler", "jarowinkler(a, b)", "names titles"),
    ("kernel.optimal_string_alignment", "meshline.optimal_string_alignment(a, b)", "names titles utf8"),
    ("kernel.damerau_levenshtein", "meshline.damerau_levenshtein(a, b)", "names titles utf8"),
    ("kernel.lcs_ratio", "meshline.lcs_ratio(a, b)", "names titles utf8"),
    ("kernel.qgram_similarity", "meshline.qgram_similarity(a, b)", "names titles utf8"),
    ("peer.pg_trgm.similarity", "similarity(a, b)", "names titles utf8"),
    ("kernel.token_sort_ratio", "meshline.token_sort_ratio(a, b)", "names titles utf8"),
    ("kernel.monge_elkan", "meshline.monge_elkan(a, b)", "names titles utf8"),
]
LABELS = {"names": "names.ascii", "titles": "titles.ascii", "utf8": "names.utf8"}


def with_typos(text, rng):
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(text))
        letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
        text = rng.choice([text[:at] + letter + text[at:], text[:at] + text[at + 1:] or letter, text[:at] + letter + text[at + 1:]])
    return text


def pairs(texts, rng):
    for i in range(PAIRS[1]):
        text = rng.choice(texts)
        yield (text, with_typos(text, rng) if i % 2 == 0 else rng.choice(texts))


def column(path):
    return [row[0] for row in csv.reader(path.open(encoding="utf-8")) if row]


def make_tables(shared):
    rng = random.Random(42)
    first, last = column(shared / "bench/names/first.csv"), column(shared / "bench/names/surname.csv")
    names = [f"{f} {s}" for f in first for s in rng.sample(last, 8) if f.isascii() and s.isascii() and 12 <= len(f) + len(s) <= 14]
    with lzma.open(shared / "data/er/dblp_acm/records.csv.xz", "rt", encoding="utf-8") as file:
        titles = [row["title"] for row in csv.DictReader(file) if row["title"].isascii() and 40 <= len(row["title"]) <= 56]
    accents = str.maketrans("aeiou", "\u00e4\u00e9\u00ee\u00f6\u016f")
    texts = {"names": names, "titles": titles, "utf8": [name.translate(accents) for name in names]}
    subprocess.run(["createdb", "bench_kernels"], check=True)
    psql("bench_kernels", "CREATE EXTENSION meshline; CREATE EXTENSION fuzzystrmatch; CREATE EXTENSION pg_similarity; CREATE EXTENSION pg_trgm")
    for table, choice in texts.items():
        for count in PAIRS:
            psql("bench_kernels", f"CREATE TABLE {table}_{count} (a text, b text)")
        rows = [f"{a}\t{b}\n" for a, b in pairs(choice, rng)]
        for count in PAIRS:
            psql("bench_kernels", f"COPY {table}_{count} FROM STDIN", rows[:count])
            psql("bench_kernels", f"VACUUM ANALYZE {table}_{count}")
        say(f"{table}: {psql('bench_kernels', f'SELECT round(avg(length(a)), 1) FROM {table}_{PAIRS[1]}')} characters on average")


def main():
    shared = pathlib.Path(sys.argv[1])
    make_tables(shared)
    stop_server()
    say(f"\n{'instructions per pair':40} {'names':>10} {'titles':>10} {'utf-8':>10}")
    for name, expression, tables in KERNELS:
        costs = {}
        for table in tables.split():
            runs = [instructions("bench_kernels", [f"SELECT count({expression}) FROM {table}_{count};\n"]) for count in PAIRS]
            costs[table] = (runs[1] - runs[0]) / (PAIRS[1] - PAIRS[0])
        say(f"{name:40} " + " ".join(f"{costs[table]:10,.0f}" if table in costs else f"{'':10}" for table in LABELS))
        for table, cost in costs.items():
            figure(f"{name}.{LABELS[table]}.instructions", cost, "instructions", 0)


if __name__ == "__main__":
    main()
