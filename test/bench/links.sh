#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# test/bench/links.sh: what linking the sets of test/real/links.sh costs, training included.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec test/real/links.sh
