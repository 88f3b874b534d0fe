#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Nothing is ever out of date: after any part of the stream, what is known is what a full recompute would find.

A world comes in, in its order of arrival and in random portions. At random places the state is compared with that of a
new workspace which takes the same deliveries in, table by table. Every second world comes in as of one moment, and all
of the state is compared; in the others the clock moves with the stream, so that things become late between two
deliveries, and what is open or due is compared, but for what is late by the time of its delivery.

MESHLINE_PREFIXES (6) is the number of places, MESHLINE_SEED (1) the first seed, MESHLINE_ORDERS (40) the size of a world.
"""
import datetime
import random
import shutil
import time

from world_stream import (AS_OF, SEED, Databases, expect_same, invent, load_portions, load_tables, setting, state_of, sweep)

PLACES_PER_WORLD = 3
START = datetime.datetime(2026, 7, 1, tzinfo=datetime.timezone.utc)
BY_DELIVERY = ("exception|EVENT_GAP|", "exception|MISSING_IN_SOURCE_SYNC|")


def due(lines):
    return [line for line in lines if not line.startswith(BY_DELIVERY)]


def compare_world(databases, seed, places, orders):
    chance = random.Random(seed)
    is_moving = seed % 2 == 0
    folder, deliveries = invent(databases.accounts, seed, orders)
    ends = sorted(chance.sample(range(1, len(deliveries) + 1), places))
    sections = ("exception", "expectation") if is_moving else ()
    living = databases.fresh("living")
    at = 0
    for end in ends:
        moment = AS_OF
        if is_moving:
            moment = (START + datetime.timedelta(days=90) * (end / len(deliveries))).strftime("%F %T+00")
            living.run(f"SET meshline.as_of = '{moment}'")
        load_portions(living, deliveries[at:end], chance)
        at = end
        sweep(living, moment)
        recomputed = databases.fresh("recomputed", moment) if is_moving else databases.fresh("recomputed")
        load_tables(recomputed, deliveries[:end])
        sweep(recomputed, moment)
        known, found = state_of(living, sections), state_of(recomputed, sections)
        if is_moving:
            known, found = due(known), due(found)
        expect_same(f"seed {seed}, after {end} of {len(deliveries)} deliveries as of {moment} (MESHLINE_SEED={seed} repeats it; "
                    "first: as it came, second: recomputed)", known, found)
        recomputed.close()
        print(f"seed {seed}: {end} of {len(deliveries)} deliveries as of {moment}, {len(known)} lines equal", flush=True)
    living.close()
    shutil.rmtree(folder)


def main():
    began = time.monotonic()
    prefixes = setting("MESHLINE_PREFIXES", 6)
    with Databases() as databases:
        seed, left = SEED, prefixes
        while left > 0:
            compare_world(databases, seed, min(PLACES_PER_WORLD, left), setting("MESHLINE_ORDERS", 40))
            left -= PLACES_PER_WORLD
            seed += 1
    print(f"{prefixes} prefixes from seed {SEED} on: the same as recomputed, {time.monotonic() - began:.0f} s")


main()
