#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# test/bench/people.sh [ROWS]: what clustering the duplicates of 100,000 and of ROWS (1,000,000) generated people costs,
# training included, beside the other sets of test/real/duplicates.sh.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
MESHLINE_PEOPLE=100000 test/real/duplicates.sh
MESHLINE_PEOPLE=${1:-1000000} test/real/duplicates.sh | grep people
