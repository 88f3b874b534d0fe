-- set_reason(): a merchant says whose a reason is, how severe, whether it holds, and whether it is raised at all. Others keep theirs.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = iso;
SET meshline.as_of = '2026-10-20 12:00+00';
SELECT meshline.set_reason('NOSUCH', owner_queue => 'support'); -- fails
SELECT meshline.set_reason(NULL, owner_queue => 'support'); -- fails
SELECT meshline.set_reason('UNDERPAYMENT', 99999, 'support'); -- fails
SELECT meshline.set_reason('UNDERPAYMENT', owner_queue => 'legal'); -- fails
SELECT meshline.set_reason('UNDERPAYMENT', severity => 'urgent'); -- fails
SELECT meshline.set_reason('DUPLICATE_EVENT', is_holding => true); -- fails
-- What else would tell of it?
SELECT meshline.set_reason('INVALID_PAYLOAD', is_enabled => false); -- fails
SELECT meshline.set_reason('EVENT_ID_REUSED', is_enabled => false); -- fails
SELECT meshline.set_reason('CHECK_FAILED', is_enabled => false); -- fails
SELECT count(*) AS settings FROM meshline.reason_setting AS s WHERE s.merchant_id = 1;

SELECT meshline.add_merchant('reason', 'USD', 'UTC') AS merchant \gset
SELECT meshline.add_merchant('reason of others', 'USD', 'UTC') AS other \gset
SELECT meshline.connect('shopify', 'reason.myshopify.com', :merchant) AS shopify \gset
SELECT meshline.connect('stripe', 'acct_reason', :merchant) AS stripe \gset
SELECT meshline.connect('shopify', 'reason.myshopify.com', :other) IS NOT NULL AND meshline.connect('stripe', 'acct_reason', :other) IS NOT NULL AS is_connected;
CREATE PROCEDURE pg_temp.sell(merchant bigint, id text, captured bigint) LANGUAGE sql AS $$
  INSERT INTO staging.shopify_order (merchant_id, payload) VALUES (merchant, format(
    '{"id": %s, "name": "#%s", "total_price": "50.00", "currency": "USD", "financial_status": "paid", "created_at": "2026-10-18T10:00:00Z",'
    ' "updated_at": "2026-10-18T10:00:00Z", "line_items": [{"id": 1}]}', id, id));
  INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (merchant, format(
    '{"id": "ch_rc%s", "amount": %s, "captured": true, "status": "succeeded", "currency": "usd", "created": 1792317600, "livemode": true,'
    ' "metadata": {"shopify_order_id": "%s"}}', id, captured, id));
$$;
CREATE VIEW pg_temp.found AS
  SELECT m.name AS merchant, c.anchor_value AS of_order, x.reason_code, x.owner_queue, x.severity, x.status, x.is_holding, x.occurrences
  FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id) LEFT JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
  WHERE m.name LIKE 'reason%' ORDER BY 1, 2, 3;
CALL pg_temp.sell(:merchant, '9711', 4500);
CALL pg_temp.sell(:merchant, '9712', 5500);
CALL pg_temp.sell(:other, '9711', 4500);
CALL pg_temp.sell(:other, '9712', 5500);
SELECT * FROM pg_temp.found;
SELECT s.anchor_value, s.state, s.next_owner FROM meshline.order_status AS s WHERE s.merchant_id = :merchant ORDER BY 1;

-- What is open goes over at once, of this merchant only; the history says who did it.
SELECT meshline.set_reason('UNDERPAYMENT', :merchant, 'support', 'critical', true);
SELECT * FROM pg_temp.found WHERE reason_code = 'UNDERPAYMENT';
SELECT s.anchor_value, s.state, s.next_owner FROM meshline.order_status AS s WHERE s.merchant_id = :merchant ORDER BY 1;
SELECT h.action, h.actor = session_user AS is_mine FROM meshline.exception_history AS h JOIN meshline.recon_exception AS x USING (merchant_id, exception_id)
WHERE h.merchant_id = :merchant AND x.reason_code = 'UNDERPAYMENT' ORDER BY h.history_id;
SELECT q.owner_queue, q.reason_code, q.severity, q.exceptions FROM meshline.queue_summary AS q WHERE q.merchant_id = :merchant ORDER BY 1, 2;
-- What opens later is so from the first.
CALL pg_temp.sell(:merchant, '9713', 4000);
SELECT * FROM pg_temp.found WHERE of_order = '9713';
SELECT r.reason_code, r.owner_queue, r.severity, r.is_holding, r.is_enabled, r.set_by = session_user AS is_mine
FROM meshline.reasons AS r WHERE r.merchant_id = :merchant AND r.set_by IS NOT NULL;

-- Each call says all of it: what is left out is as it comes.
SELECT meshline.set_reason('OVERCAPTURE', :merchant, severity => 'low', is_holding => false);
SELECT * FROM pg_temp.found WHERE reason_code = 'OVERCAPTURE';
SELECT meshline.set_reason('OVERCAPTURE', :merchant, severity => 'low');
SELECT * FROM pg_temp.found WHERE reason_code = 'OVERCAPTURE';
-- What people held or released stays as they decided.
SELECT meshline.release((SELECT x.exception_id FROM meshline.exceptions AS x JOIN meshline.canonical AS c USING (merchant_id, canonical_id)
                         WHERE x.merchant_id = :merchant AND x.reason_code = 'UNDERPAYMENT' AND c.anchor_value = '9711'), 'known to us');
SELECT meshline.set_reason('UNDERPAYMENT', :merchant, 'operations', is_holding => true);
SELECT * FROM pg_temp.found WHERE reason_code = 'UNDERPAYMENT';
SELECT meshline.set_reason('UNDERPAYMENT', :merchant);
SELECT meshline.set_reason('OVERCAPTURE', :merchant);
SELECT * FROM pg_temp.found WHERE of_order <> '9712';
SELECT count(*) AS settings FROM meshline.reason_setting AS s WHERE s.merchant_id = :merchant;

-- Switched off: nothing new, and what is open closes when its order is reconciled. Other merchants' stays.
SELECT meshline.set_reason('UNDERPAYMENT', :merchant, is_enabled => false);
CALL pg_temp.sell(:merchant, '9714', 4500);
SELECT * FROM pg_temp.found WHERE reason_code = 'UNDERPAYMENT';
SET client_min_messages = warning;
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.found WHERE reason_code = 'UNDERPAYMENT';
-- A dry run says what switching it on again would open, and off what it would close.
SELECT c.anchor_value, d.reason_code, d.outcome, d.after_minor FROM meshline.dry_run('{"enabled": ["UNDERPAYMENT"]}', '2026-10-20 12:00+00', :merchant) AS d
JOIN meshline.canonical AS c USING (merchant_id, canonical_id) ORDER BY 1;
SELECT count(*) AS differences FROM meshline.dry_run('{"disabled": ["UNDERPAYMENT"]}', '2026-10-20 12:00+00', :merchant);
SELECT c.anchor_value, d.reason_code, d.outcome FROM meshline.dry_run('{"disabled": ["UNDERPAYMENT"]}', '2026-10-20 12:00+00', :other) AS d
JOIN meshline.canonical AS c USING (merchant_id, canonical_id) ORDER BY 1;
-- On again, with another owner: it comes back as the reason is now.
SELECT meshline.set_reason('UNDERPAYMENT', :merchant, 'support', is_holding => true);
CALL meshline.reconcile_all();
SELECT * FROM pg_temp.found WHERE reason_code = 'UNDERPAYMENT';
RESET client_min_messages;

-- What is expected is of the queue that will have it.
SELECT e.owner_queue, count(*) FROM meshline.expectations AS e WHERE e.merchant_id = :merchant AND e.reason_code = 'MISSING_SETTLEMENT' GROUP BY 1;
SELECT meshline.set_reason('MISSING_SETTLEMENT', :merchant, 'operations');
SELECT e.owner_queue, count(*) FROM meshline.expectations AS e WHERE e.merchant_id = :merchant AND e.reason_code = 'MISSING_SETTLEMENT' GROUP BY 1;
SELECT d.owner_queue, count(*) FROM meshline.deadlines AS d WHERE d.merchant_id = :merchant GROUP BY 1;
SELECT count(*) AS late FROM meshline.reconcile(meshline.canonical_of('shopify', 'order', '9711', :merchant), '2026-10-26 12:00+00') AS n
WHERE n.reason_code = 'MISSING_SETTLEMENT';
SELECT * FROM pg_temp.found WHERE reason_code = 'MISSING_SETTLEMENT';

-- Deliveries: a repeat is kept and has no effect, and is counted unless that is switched off.
SELECT meshline.set_reason('DUPLICATE_EVENT', :merchant, is_enabled => false);
CALL pg_temp.sell(:merchant, '9711', 4500);
CALL pg_temp.sell(:other, '9711', 4500);
SELECT m.name, x.reason_code, x.occurrences FROM meshline.exceptions AS x JOIN meshline.merchant AS m USING (merchant_id)
WHERE m.name LIKE 'reason%' AND x.reason_code = 'DUPLICATE_EVENT' ORDER BY 1, 3;
-- A payload that cannot be read has the owner that the merchant gives it.
SELECT meshline.set_reason('INVALID_PAYLOAD', :merchant, 'support', 'low', false);
INSERT INTO staging.stripe_charge (merchant_id, payload) VALUES (:merchant, 'no JSON'), (:other, 'no JSON');
SELECT * FROM pg_temp.found WHERE reason_code = 'INVALID_PAYLOAD';
SELECT DISTINCT f.merchant_id = :merchant AS is_ours, f.owner FROM meshline.field_mapping AS f WHERE f.merchant_id IN (:merchant, :other) ORDER BY 1;

-- What did not come: silence is found by SQL, and heeds it too.
SELECT meshline.set_policy('event_gap_hours', '1', :stripe, :merchant);
UPDATE meshline.connection SET connected_at = '2026-10-18 00:00+00' WHERE merchant_id = :merchant;
SELECT meshline.set_reason('EVENT_GAP', :merchant, 'support', 'info');
SELECT meshline._report_gaps('2026-10-18 06:00+00');
SELECT * FROM pg_temp.found WHERE reason_code = 'EVENT_GAP';
SELECT meshline.set_reason('EVENT_GAP', :merchant, is_enabled => false);
SELECT meshline._report_gaps('2026-10-18 06:00+00');
SELECT * FROM pg_temp.found WHERE reason_code = 'EVENT_GAP';
SELECT meshline.set_reason('EVENT_GAP', :merchant);
SELECT meshline._report_gaps('2026-10-18 06:00+00');
SELECT * FROM pg_temp.found WHERE reason_code = 'EVENT_GAP';
SELECT meshline.set_policy('event_gap_hours', '99999', :stripe, :merchant);
SELECT count(*) AS broken_lines FROM meshline.verify_history();
