#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# test/bench/sum.sh [POOLS]: the CPU time that explaining a total takes, and how many of POOLS planted
# totals (10,000) have one explanation, with 10, 20 and 30 candidates. Without a member of the truth among
# the candidates every such explanation is wrong: links_without_truth counts them.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p build/bench
g++ -std=c++20 -O2 -Wall -Wextra -Wshadow -Isrc -Itest/unit -DBOOST_CONTAINER_USE_STD_EXCEPTIONS -o build/bench/sum \
    test/bench/match/sum.cpp src/core/match/explain_sum.cpp
build/bench/sum "${1:-10000}"
