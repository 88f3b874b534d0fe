-- The way of a payload: what the triggers and the functions for replay are made of.

CREATE FUNCTION meshline._staging_insert() RETURNS trigger
  AS 'MODULE_PATHNAME', 'meshline_staging_insert' LANGUAGE C SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION meshline._staging_insert() IS
  'Trigger of the staging tables; arguments: connector, object. Runs as the extension''s owner, so that a loader needs no more than INSERT.';

CREATE FUNCTION meshline._attached_change() RETURNS trigger
  AS 'MODULE_PATHNAME', 'meshline_attached_change' LANGUAGE C SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION meshline._attached_change() IS
  'Trigger of attached tables, for each statement or row; arguments: merchant_id, connection_id, object and, where the payload is one column, its name.';

CREATE FUNCTION meshline._take_in(
  merchant_id bigint, connection_id bigint, connector text, object text, is_attached boolean, mode text,
  stage_ids bigint[], payloads text[], source_event_ids text[], received_ats timestamptz[],
  event_ids bigint[], event_keys uuid[], are_rows boolean, written_by bigint[], headers text[]) RETURNS void
  AS 'MODULE_PATHNAME', 'meshline_take_in' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._take_in(bigint, bigint, text, text, boolean, text, bigint[], text[], text[], timestamptz[], bigint[], uuid[], boolean, bigint[], text[]) IS
  'Takes staged rows in; mode new, pending (from the queue), scan (a table is read again), pending scan (both) or replay (events that are known); are_rows: the payloads are typed rows of an attached table; written_by: the transactions that staged the rows; those of one came together.';

CREATE FUNCTION meshline._attached_rows(relation regclass, payload_column name) RETURNS TABLE (place bigint, payload text)
  AS 'MODULE_PATHNAME', 'meshline_attached_rows' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._attached_rows(regclass, name) IS
  'The rows of an attached table as payloads, read with the rights of its owner; payload_column is empty where the row itself is the payload.';

CREATE FUNCTION meshline._external_ids(merchant_id bigint, connection_id bigint, object text, payloads text[]) RETURNS text[]
  AS 'MODULE_PATHNAME', 'meshline_external_ids' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._external_ids(bigint, bigint, text, text[]) IS
  'The source''s ids of what payloads are about, in their order; null for one that has none.';

CREATE FUNCTION meshline._report_gap(
  merchant_id bigint, connection_id bigint, reason_code text, subject text, object text, external_id text,
  explanation text, formula text, remedy text, term_name text, term_value bigint, due_at timestamptz, as_of timestamptz,
  amount_minor bigint, currency text) RETURNS void
  AS 'MODULE_PATHNAME', 'meshline_report_gap' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._report_gap(bigint, bigint, text, text, text, text, text, text, text, text, bigint, timestamptz, timestamptz, bigint, text) IS
  'Opens or updates an exception about what did not come; object and external_id name the record that shows it, empty when none does; without a currency the term is a count.';

CREATE FUNCTION meshline._close_gap(merchant_id bigint, exception_id bigint, as_of timestamptz) RETURNS void
  AS 'MODULE_PATHNAME', 'meshline_close_gap' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._close_gap(bigint, bigint, timestamptz) IS 'Closes an exception because what it says holds no more.';

CREATE FUNCTION meshline._reconcile_stored(merchant_id bigint, canonical_ids uuid[], as_of timestamptz, with_likes boolean DEFAULT false)
  RETURNS void AS 'MODULE_PATHNAME', 'meshline_reconcile_stored' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._reconcile_stored(bigint, uuid[], timestamptz, boolean) IS
  'Locks canonical entities, runs the checks over their records and stores the result; with_likes: does so with those that look like them, too.';

-- Without SET, so that it is inlined; its body is bound to pg_catalog when it is made.
CREATE FUNCTION meshline._is_found_apart(reason_code text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN reason_code IN ('DUPLICATE_EVENT', 'STALE_EVENT', 'EVENT_ID_REUSED', 'EVENT_GAP', 'MISSING_IN_SOURCE_SYNC', 'PAYOUT_RESERVE_HELD');
COMMENT ON FUNCTION meshline._is_found_apart(text) IS
  'Reasons that are remarked when something is delivered, or found by sweep(): reconciling an entity neither finds nor closes them, and they go where its records go.';

CREATE FUNCTION meshline._count_open(merchant_id bigint, canonical_ids uuid[]) RETURNS void
  AS 'MODULE_PATHNAME', 'meshline_count_open' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._count_open(bigint, uuid[]) IS
  'Sums up the open exceptions of canonical entities, which are locked, on their rows.';

CREATE FUNCTION meshline._as_of() RETURNS timestamptz
  AS 'MODULE_PATHNAME', 'meshline_as_of' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION meshline._as_of() IS 'The moment that checks are made as of: setting meshline.as_of, else now().';

CREATE FUNCTION meshline._config_changed(marker regclass) RETURNS void
  AS 'MODULE_PATHNAME', 'meshline_config_changed' LANGUAGE C STRICT;
COMMENT ON FUNCTION meshline._config_changed(regclass) IS
  'Tells all sessions, at commit, to read the configuration again; the marker is meshline.connection.';

CREATE FUNCTION meshline._describe_definition(definition text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_describe_definition' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline._describe_definition(text) IS
  'Compiles a connector definition and says what it is; error ML001 with path and reason when it is refused.';

CREATE FUNCTION meshline._history_hash(
  previous bytea, reason_code text, subject text, happened_at timestamptz, actor text, action text, status text, amount_at_risk_minor bigint,
  explanation text)
  RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  -- Each argument once, or the planner would not write the body in place of the call; quoted, so that none runs into another.
  RETURN pg_catalog.sha256(
    COALESCE(previous, ''::pg_catalog.bytea)
    OPERATOR(pg_catalog.||) pg_catalog.timestamptz_send(happened_at)
    OPERATOR(pg_catalog.||) pg_catalog.int8send(amount_at_risk_minor)
    OPERATOR(pg_catalog.||) pg_catalog.textsend(
      pg_catalog.quote_literal(reason_code) OPERATOR(pg_catalog.||) pg_catalog.quote_literal(subject)
      OPERATOR(pg_catalog.||) pg_catalog.quote_literal(actor) OPERATOR(pg_catalog.||) pg_catalog.quote_literal(action)
      OPERATOR(pg_catalog.||) pg_catalog.quote_literal(status) OPERATOR(pg_catalog.||) pg_catalog.quote_literal(explanation)));
COMMENT ON FUNCTION meshline._history_hash(bytea, text, text, timestamptz, text, text, text, bigint, text) IS
  'SHA-256 over the hash of the line before and this line of an exception''s history.';
