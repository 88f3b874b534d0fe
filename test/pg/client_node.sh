#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# node-postgres: orders through pg-copy-streams and again one by one, charges as objects in one statement of many rows.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/clients/loader.sh"

command -v node >/dev/null || skip 'there is no node'
top=$(cd "$here/../../.." && pwd)
export NODE_PATH=$top/build/clients/node_modules
node -e 'require("pg"); require("pg-copy-streams")' 2>/dev/null || skip 'there is no pg or pg-copy-streams (script/setup asks npm for them)'
set_up
node - "$work" <<'JS'
const fs = require('fs');
const { pipeline } = require('stream/promises');
const { Client } = require('pg');
const { from } = require('pg-copy-streams');

async function main(folder) {
  const client = new Client({ user: process.env.PGUSER, host: process.env.PGHOST, port: process.env.PGPORT, database: process.env.PGDATABASE });
  client.on('notice', (notice) => { throw new Error(notice.message); });
  await client.connect();
  await pipeline(fs.createReadStream(`${folder}/orders.csv`), client.query(from('COPY staging.shopify_order (payload) FROM STDIN WITH (FORMAT csv)')));
  for (const line of fs.readFileSync(`${folder}/orders.jsonl`, 'utf8').trimEnd().split('\n')) {
    await client.query({ name: 'order', text: 'INSERT INTO staging.shopify_order (payload) VALUES ($1)', values: [line] });
  }
  const charges = fs.readFileSync(`${folder}/charges.jsonl`, 'utf8').trimEnd().split('\n');
  await client.query(`INSERT INTO staging.stripe_charge (payload) VALUES ${charges.map((_, i) => `($${i + 1})`).join(', ')}`, charges);
  await client.end();
}

main(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
JS
expect_reconciled
