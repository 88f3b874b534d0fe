-- What people do with exceptions: acts with who and why, four eyes above a limit, approvals that are void when what they are for changes, closed periods.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.add_merchant('lifecycle', 'USD', 'UTC') AS merchant \gset
SELECT meshline.connect('shopify', 'lifecycle.myshopify.com', :merchant) AS shop, meshline.connect('stripe', 'acct_lifecycle', :merchant) AS stripe \gset
CREATE FUNCTION pg_temp.paid_order(id bigint, total text, captured bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) SELECT max(m.merchant_id), jsonb_build_object('id', id, 'name', '#L' || id % 100, 'total_price', total, 'currency', 'USD', 'financial_status', 'paid',
    'created_at', '2026-10-18T10:00:00Z', 'updated_at', '2026-10-18T10:00:00Z')::text FROM meshline.merchant AS m WHERE m.name = 'lifecycle';
  INSERT INTO staging.stripe_charge (merchant_id, payload) SELECT max(m.merchant_id), jsonb_build_object('id', 'ch_' || id, 'amount', captured, 'captured', true, 'status', 'succeeded', 'currency', 'usd', 'created', 1792317600, 'livemode', true,
    'metadata', jsonb_build_object('shopify_order_id', id::text))::text FROM meshline.merchant AS m WHERE m.name = 'lifecycle';
$$;
-- Too much captured: 20.00 and 300.00 at risk.
SELECT pg_temp.paid_order(860000000001, '50.00', 7000);
SELECT pg_temp.paid_order(860000000002, '50.00', 35000);
CREATE VIEW pg_temp.matter AS SELECT x.exception_id, c.anchor_value, x.reason_code, x.status, x.is_holding, x.amount_at_risk, x.assigned_to, x.closed_by FROM meshline.exceptions AS x
JOIN meshline.canonical AS c ON c.merchant_id = x.merchant_id AND c.canonical_id = x.canonical_id JOIN meshline.merchant AS m ON m.merchant_id = x.merchant_id WHERE m.name = 'lifecycle' AND x.reason_code = 'OVERCAPTURE';
SELECT m.exception_id AS small FROM pg_temp.matter AS m WHERE m.anchor_value = '860000000001' \gset
SELECT m.exception_id AS large FROM pg_temp.matter AS m WHERE m.anchor_value = '860000000002' \gset
GRANT SELECT ON pg_temp.matter TO PUBLIC;
-- The error of a call, without the ids in it.
CREATE FUNCTION pg_temp.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'SELECT ' || call;
  RETURN 'none';
EXCEPTION WHEN OTHERS THEN
  RETURN regexp_replace(SQLERRM, '[0-9a-f]{8}-[0-9a-f-]{27}|(exception|merchant) [0-9]+', 'N');
END
$$;

-- Two people, as logins of their own.
CREATE ROLE regress_olga;
CREATE ROLE regress_ann;
SELECT meshline.grant_role('regress_olga', 'operator');
SELECT meshline.grant_role('regress_ann', 'approver');
SET SESSION AUTHORIZATION regress_olga;
SELECT meshline.acknowledge(:small, 'looking');
SELECT meshline.assign(:small, 'Olga');
SELECT meshline.comment(:small, 'the customer tipped');
SELECT pg_temp.refusal('meshline.comment(' || :small || ', '' '')');
SELECT m.anchor_value, m.status, m.assigned_to, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :small;
-- Held or not: small sums by one person.
SELECT meshline.release(:small, 'known customer');
SELECT m.status, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :small;
SELECT meshline.hold(:small, 'on second thoughts');
SELECT m.status, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :small;
SELECT meshline.write_off(:small, 'a tip') AS outcome;
SELECT m.status, m.closed_by, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :small;
SELECT pg_temp.refusal('meshline.acknowledge(' || :small || ')');
-- The large one needs somebody else.
SELECT meshline.write_off(:large, 'goodwill') AS outcome;
SELECT pg_temp.refusal('meshline.write_off(' || :large || ', ''goodwill'')');
SELECT pg_temp.refusal('meshline.approve(' || :large || ')');
SELECT a.action, a.amount, a.requested_by, a.state FROM meshline.approvals AS a WHERE a.exception_id = :large;
SET SESSION AUTHORIZATION regress_ann;
SELECT pg_temp.refusal('meshline.write_off(' || :large || ', ''me too'')');
SELECT pg_temp.refusal('meshline.approve(' || :small || ')');
RESET SESSION AUTHORIZATION;

-- The amount changes before it is approved: nothing is approved that was not looked at.
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant, '{"id": "ch_860000000002", "amount": 35100, "amount_refunded": 1, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "860000000002"}}');
SELECT m.amount_at_risk FROM pg_temp.matter AS m WHERE m.exception_id = :large;
SET SESSION AUTHORIZATION regress_ann;
SELECT pg_temp.refusal('meshline.approve(' || :large || ')');
SELECT pg_temp.refusal('meshline.reject(' || :large || ', '''')');
SELECT meshline.reject(:large, 'it has grown');
SET SESSION AUTHORIZATION regress_olga;
SELECT meshline.write_off(:large, 'goodwill after all') AS outcome;
SET SESSION AUTHORIZATION regress_ann;
SELECT meshline.approve(:large, 'agreed');
RESET SESSION AUTHORIZATION;
SELECT m.status, m.closed_by, m.amount_at_risk FROM pg_temp.matter AS m WHERE m.exception_id = :large;
SELECT a.action, a.amount, a.state, a.decided_by, a.decision_reason FROM meshline.approvals AS a WHERE a.exception_id = :large ORDER BY a.approval_id;
SELECT h.actor, h.action, h.status FROM meshline.exception_history AS h WHERE h.exception_id IN (:small, :large) AND h.actor <> 'meshline' ORDER BY h.history_id;

-- What was approved changes afterwards: the approval is void and the exception open, even with less money at risk.
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant, '{"id": "ch_860000000002", "amount": 35050, "amount_refunded": 2, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "860000000002"}}');
SELECT m.status, m.closed_by, m.amount_at_risk, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :large;
SELECT a.state, a.decided_by, a.decision_reason, a.voided_at FROM meshline.approvals AS a WHERE a.exception_id = :large ORDER BY a.approval_id;
SELECT h.actor, h.action, h.status FROM meshline.exception_history AS h WHERE h.exception_id = :large ORDER BY h.history_id DESC LIMIT 1;
-- A release as well: the order is held again.
SET SESSION AUTHORIZATION regress_olga;
SELECT meshline.release(:large, 'known customer') AS outcome;
SET SESSION AUTHORIZATION regress_ann;
SELECT meshline.approve(:large);
RESET SESSION AUTHORIZATION;
SELECT m.status, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :large;
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant, '{"id": "ch_860000000002", "amount": 35075, "amount_refunded": 3, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "860000000002"}}');
SELECT m.status, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :large;
SELECT a.action, a.state FROM meshline.approvals AS a WHERE a.exception_id = :large ORDER BY a.approval_id;

-- What people closed stays closed when it is seen again, and opens when there is more at risk.
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant, '{"id": "ch_860000000001", "amount": 6000, "amount_refunded": 1, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "860000000001"}}');
SELECT m.status, m.amount_at_risk FROM pg_temp.matter AS m WHERE m.exception_id = :small;
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant, '{"id": "ch_860000000001", "amount": 6500, "amount_refunded": 2, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true, "metadata": {"shopify_order_id": "860000000001"}}');
SELECT m.status, m.amount_at_risk, m.closed_by FROM pg_temp.matter AS m WHERE m.exception_id = :small;
SELECT pg_temp.refusal('meshline.resolve_exception(' || :small || ', NULL)');
SELECT meshline.resolve_exception(:small, 'refunded in cash');
SELECT m.status FROM pg_temp.matter AS m WHERE m.exception_id = :small;
SELECT count(*) AS wrong FROM meshline.verify_history();

-- Posting: only what is clean, and not into a closed period.
SELECT pg_temp.paid_order(860000000003, '50.00', 5000);
SELECT meshline.assert_postable(meshline.canonical_of('shopify', 'order', '860000000003', :merchant));
SELECT pg_temp.paid_order(860000000004, '50.00', 9000);
SELECT pg_temp.refusal('meshline.assert_postable(meshline.canonical_of(''shopify'', ''order'', ''860000000004'', ' || :merchant || '))');
SELECT meshline.close_period(:merchant, '2026-10-18', '2026-10-19 00:00+00');
SELECT pg_temp.refusal('meshline.close_period(' || :merchant || ', ''2026-10-01'')');
SELECT pg_temp.refusal('meshline.assert_postable(meshline.canonical_of(''shopify'', ''order'', ''860000000003'', ' || :merchant || '))');
SELECT meshline.closed_through(:merchant);
SELECT meshline.reopen_period(:merchant, '2026-10-18', 'an invoice came late');
SELECT meshline.assert_postable(meshline.canonical_of('shopify', 'order', '860000000003', :merchant));
SELECT pg_temp.refusal('meshline.reopen_period(' || :merchant || ', ''2026-10-18'', ''again'')');

-- Nobody approves what they asked for, whatever they may do otherwise.
SELECT meshline.set_policy('approval_limit_minor', '0', merchant_id => :merchant);
SELECT m.exception_id AS own FROM pg_temp.matter AS m WHERE m.anchor_value = '860000000004' \gset
SELECT meshline.release(:own, 'it is fine') AS outcome;
SELECT pg_temp.refusal('meshline.approve(' || :own || ')');
SET SESSION AUTHORIZATION regress_ann;
SELECT meshline.approve(:own);
RESET SESSION AUTHORIZATION;
SELECT m.status, m.is_holding FROM pg_temp.matter AS m WHERE m.exception_id = :own;
DROP OWNED BY regress_olga, regress_ann;
DROP ROLE regress_olga, regress_ann;
