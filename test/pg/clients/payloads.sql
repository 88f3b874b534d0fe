-- SPDX-License-Identifier: PostgreSQL
-- The payloads that concurrent_clients.sh sends: number o is an order, v a version of it, k one of its
-- movements. Equal arguments give equal payloads, so that clients repeat each other's.

CREATE FUNCTION order_payload(o int, v int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": %s, "name": "#%s", "created_at": "2026-09-01T10:00:00Z", "updated_at": "2026-09-01T1%s:00:00Z",'
    ' "currency": "USD", "total_price": "%s.00", "financial_status": "paid", "line_items": [{"id": 1}],'
    ' "refunds": [%s]}', 45000000000 + o, 1000 + o, v, 100 + v,
    CASE WHEN v > 1 THEN format('{"id": %s, "created_at": "2026-09-01T12:00:00Z", "transactions": [{"id": %s, "kind": "refund",'
      ' "status": "success", "gateway": "stripe", "amount": "30.00", "currency": "USD", "created_at": "2026-09-01T12:00:00Z",'
      ' "parent_id": %s, "authorization": "re_%s_1"}]}', 5000000 + o, 6000000 + o, 7000000 + o * 10 + 1, o) ELSE '' END)
$$;

-- Odd movements name their order themselves, even ones are tied by the shop's transaction only.
CREATE FUNCTION charge_payload(o int, k int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": "ch_%s_%s", "object": "charge", "amount": %s, "amount_captured": %s, "captured": true, "currency": "usd",'
    ' "status": "succeeded", "created": 1788256800, "livemode": true, "payment_intent": "pi_%s_%s", "metadata": {%s}}',
    o, k, 5000 + 100 * k, 5000 + 100 * k, o, k, CASE WHEN k % 2 = 1 THEN format('"order_id": "%s"', 45000000000 + o) ELSE '' END)
$$;

CREATE FUNCTION intent_payload(o int, k int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": "pi_%s_%s", "object": "payment_intent", "amount": %s, "amount_received": %s, "currency": "usd",'
    ' "status": "succeeded", "created": 1788256790, "livemode": true, "latest_charge": "ch_%s_%s", "metadata": {}}',
    o, k, 5000 + 100 * k, 5000 + 100 * k, o, k)
$$;

CREATE FUNCTION transaction_payload(o int, k int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": %s, "order_id": %s, "kind": "sale", "status": "success", "gateway": "stripe", "amount": "%s.00",'
    ' "currency": "USD", "created_at": "2026-09-01T10:00:01Z", "authorization": "%s_%s_%s"}',
    7000000 + o * 10 + k, 45000000000 + o, 50 + k, CASE WHEN o % 2 = 0 THEN 'ch' ELSE 'pi' END, o, k)
$$;

CREATE FUNCTION refund_payload(o int, k int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": "re_%s_%s", "object": "refund", "amount": 3000, "currency": "usd", "status": "succeeded",'
    ' "created": %s, "charge": "ch_%s_%s", "payment_intent": null}', o, k, 1788260400 + 86400 * k, o, k)
$$;

CREATE FUNCTION settlement_payload(o int, k int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": "txn_%s_%s", "object": "balance_transaction", "amount": %s, "fee": 100, "net": %s, "currency": "usd",'
    ' "status": "available", "type": "charge", "created": 1788256800, "available_on": 1788429600, "source": "ch_%s_%s",'
    ' "payout": "po_%s"}', o, k, 5000 + 100 * k, 4900 + 100 * k, o, k, o % 7)
$$;

CREATE FUNCTION payout_payload(p int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": "po_%s", "object": "payout", "amount": 4900, "currency": "usd", "status": "paid", "created": 1788429600,'
    ' "arrival_date": 1788602400, "livemode": true}', p)
$$;

CREATE FUNCTION event_payload(o int, k int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"id": "evt_%s_%s", "object": "event", "type": "charge.succeeded", "created": 1788256801, "livemode": true,'
    ' "data": {"object": %s}}', o, k, charge_payload(o, k))
$$;

CREATE FUNCTION cash_sale_payload(o int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT format('{"internalId": "%s", "externalId": "%s", "tranDate": "2026-09-02T00:00:00Z",'
    ' "lastModifiedDate": "2026-09-02T09:00:00Z", "total": 100.00, "currency": {"name": "USD"}}', 9000 + o, 1000 + o)
$$;
