#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# test/bench/people.sh [ROWS]: what clustering the duplicates of ROWS (1,000,000) generated people costs, training
# included, beside the smaller sets of test/real/duplicates.sh.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
MESHLINE_PEOPLE=${1:-1000000} exec test/real/duplicates.sh
