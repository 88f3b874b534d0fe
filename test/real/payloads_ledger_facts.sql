-- What became of the samples. Prints a line per system, object and shape, then "ok" or "FAILED" per fact.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' '
CREATE TEMP TABLE taken AS
SELECT c.system, v.object, CASE v.connection_id WHEN c.typed THEN 'typed' ELSE 'payload' END AS shape, v.outcome, v.event_id
FROM meshline.event AS v JOIN sample.connection AS c ON c.merchant_id = v.merchant_id AND v.connection_id IN (c.api, c.typed);
-- Shares are of distinct payloads: the samples repeat some.
SELECT 'share', t.system, t.object, t.shape, count(*) FILTER (WHERE t.outcome <> 'invalid') || '/' || count(*)
FROM taken AS t GROUP BY t.system, t.object, t.shape ORDER BY t.system, t.object, t.shape;
SELECT 'left out:', l.system, count(*) || ' files, ' || l.why FROM sample.left_out AS l GROUP BY l.system, l.why ORDER BY l.system, l.why;

CREATE TEMP TABLE open_one AS
SELECT c.system, x.reason_code, x.expected, x.actual, x.record_ids, x.explanation
FROM meshline.open_exceptions AS x JOIN sample.connection AS c ON c.merchant_id = x.merchant_id WHERE c.system <> 'spree';
-- Why a sample cannot be read, and why that is right.
CREATE TEMP TABLE justified (system text, pattern text, why text);
INSERT INTO justified VALUES
  ('amazon', '^amazon:order(_payment)?:ORDER00002 cannot be used: amount .*''284\.36a'' is not a number$', 'the seed holds a typing error'),
  ('netsuite', '^the netsuite invoice in staging row \d+ cannot be read: id .*: is missing$', 'an invoice that was prepared and never saved'),
  ('quickbooks', '^quickbooks:(invoice|deposit|sales_receipt|refund_receipt):(?!(291|298|3001) )\d+ cannot be used: amount .*: is missing$',
   'Fivetran keeps a deleted object''s row without its amounts'),
  ('quickbooks', '^quickbooks:(sales_receipt:291|refund_receipt:(298|3001)) cannot be used: amount .*: is missing$', 'the seed leaves their amounts out'),
  ('xero', '^xero:(credit_note|bank_transaction):\S+ cannot be used: amount .*: is missing$', 'the seed''s tables have two columns, both ids');
SELECT 'unreadable', o.system, count(*), COALESCE(j.why, 'UNEXPECTED: ' || min(o.explanation))
FROM open_one AS o LEFT JOIN justified AS j ON j.system = o.system AND o.explanation ~ j.pattern
WHERE o.reason_code = 'INVALID_PAYLOAD' GROUP BY o.system, j.why ORDER BY o.system, j.why;

CREATE TEMP TABLE fact (id text PRIMARY KEY, expected text, actual text);
CREATE FUNCTION pg_temp.canonical(of_system text, of_object text, id text) RETURNS uuid LANGUAGE sql AS $$
  SELECT l.canonical_id FROM meshline.record_links AS l JOIN sample.connection AS c ON c.merchant_id = l.merchant_id AND c.api = l.connection_id
  WHERE c.system = of_system AND l.object = of_object AND l.external_id = id
$$;
-- How many canonical orders the records "object:id ..." of a system are in.
CREATE FUNCTION pg_temp.orders(of_system text, VARIADIC records text[]) RETURNS text LANGUAGE sql AS $$
  SELECT count(DISTINCT pg_temp.canonical(of_system, split_part(u.r, ':', 1), substr(u.r, strpos(u.r, ':') + 1))) || ' of ' ||
         count(pg_temp.canonical(of_system, split_part(u.r, ':', 1), substr(u.r, strpos(u.r, ':') + 1)))
  FROM unnest(records) AS u (r)
$$;
-- The open exceptions that name a record, but for what no test of this kind can have.
CREATE FUNCTION pg_temp.reasons(record_id text) RETURNS text LANGUAGE sql AS $$
  SELECT COALESCE(string_agg(o.reason_code || ' ' || COALESCE(o.expected, 0) || ' ' || COALESCE(o.actual, 0), ', ' ORDER BY o.reason_code, o.expected), 'none')
  FROM open_one AS o WHERE record_id = ANY (o.record_ids)
$$;
CREATE FUNCTION pg_temp.status(of_system text, of_object text, id text) RETURNS text LANGUAGE sql AS $$
  SELECT s.total || ' ' || s.captured || ' ' || s.refunded || ' ' || s.posted FROM meshline.order_status AS s
  WHERE s.canonical_id = pg_temp.canonical(of_system, of_object, id)
$$;

-- Nothing waits, nothing broke, every row came in, every sample was read.
INSERT INTO fact SELECT 'nothing waits', '0', count(*)::text FROM meshline.pending_event;
INSERT INTO fact SELECT 'nothing broke', '0', count(*)::text FROM open_one AS o WHERE o.explanation LIKE '%processing failed%';
INSERT INTO fact SELECT 'unreadable samples are justified', '0', count(*)::text FROM open_one AS o
  WHERE o.reason_code = 'INVALID_PAYLOAD' AND NOT EXISTS (SELECT FROM justified AS j WHERE j.system = o.system AND o.explanation ~ j.pattern);
INSERT INTO fact SELECT 'payloads that can be read, at least 98 of 100', 'true',
  (count(*) FILTER (WHERE t.outcome <> 'invalid') >= 0.98 * count(*))::text FROM taken AS t WHERE t.shape = 'payload';
INSERT INTO fact SELECT 'every object of the contract has a sample that can be read: ' || o.name, 'true',
  EXISTS (SELECT FROM taken AS t WHERE t.system || '_' || t.object = o.name AND t.outcome <> 'invalid')::text
FROM unnest(ARRAY['amazon_order', 'amazon_financial_event', 'amazon_settlement_line', 'xero_invoice', 'xero_payment', 'xero_credit_note',
  'xero_bank_transaction', 'hubspot_deal', 'hubspot_contact', 'quickbooks_invoice', 'quickbooks_payment', 'quickbooks_sales_receipt',
  'quickbooks_refund_receipt', 'quickbooks_credit_memo', 'quickbooks_deposit', 'quickbooks_journal_entry', 'netsuite_sales_order', 'netsuite_invoice',
  'netsuite_customer_deposit', 'netsuite_customer_refund']) AS o (name);

-- NetSuite against the shop orders that caused its records.
INSERT INTO fact VALUES
  ('netsuite: R387423113 is one order', '1 of 1', pg_temp.orders('netsuite', 'sales_order:18587')),
  ('netsuite: R387423113 agrees', '30.00 30.00 0.00 30.00', pg_temp.status('netsuite', 'sales_order', '18587')),
  ('netsuite: R387423113 has nothing open', 'none', pg_temp.reasons('netsuite:sales_order:18587')),
  ('netsuite: R153422681 is one order', '1 of 2', pg_temp.orders('netsuite', 'sales_order:19592', 'customer_deposit:19593')),
  ('netsuite: R153422681 was paid with another payment than is posted', '94.95 94.95 0.00 133.92', pg_temp.status('netsuite', 'customer_deposit', '19593')),
  ('netsuite: the deposit of a voided payment', 'POSTING_AMOUNT_MISMATCH 94.95 133.92', pg_temp.reasons('netsuite:customer_deposit:19593')),
  ('netsuite: its sales order is too high', 'POSTING_AMOUNT_MISMATCH 94.95 133.92', pg_temp.reasons('netsuite:sales_order:19592')),
  ('netsuite: R123456789 is one order', '1 of 2', pg_temp.orders('netsuite', 'sales_order:7279', 'customer_deposit:10498')),
  ('netsuite: R123456789 is cancelled and has a live deposit', '30.29 0.00 0.00 20.00', pg_temp.status('netsuite', 'customer_deposit', '10498')),
  ('netsuite: the deposit of a cancelled order', 'POSTING_AMOUNT_MISMATCH 0.00 20.00', pg_temp.reasons('netsuite:customer_deposit:10498')),
  ('netsuite: two deposits of R412664553', '1 of 3', pg_temp.orders('netsuite', 'sales_order:19087', 'customer_deposit:19088', 'customer_deposit:19089'));
INSERT INTO fact SELECT 'netsuite: one record per internal id', count(DISTINCT COALESCE(p.payload::jsonb ->> '@internalId', p.payload::jsonb ->> 'internalId'))::text,
  (SELECT count(*)::text FROM meshline.record AS r JOIN sample.connection AS c ON c.api = r.connection_id WHERE c.system = 'netsuite' AND r.object = 'sales_order')
FROM sample.payload AS p WHERE p.system = 'netsuite' AND p.object = 'sales_order';
INSERT INTO fact SELECT 'spree and netsuite meet in one canonical order', '3', count(*)::text
FROM unnest(ARRAY['R387423113:18587', 'R153422681:19592', 'R123456789:7279']) AS u (pair)
WHERE pg_temp.canonical('spree', 'order', split_part(u.pair, ':', 1)) = pg_temp.canonical('netsuite', 'sales_order', split_part(u.pair, ':', 2));

-- QuickBooks. The recorded deposits are edited: the cents of their lines are cut off.
INSERT INTO fact VALUES
  ('quickbooks: invoice 103 and payment 147', '1 of 2', pg_temp.orders('quickbooks', 'invoice:103', 'payment:147')),
  ('quickbooks: deposit 62 has its two lines', '2 of 2', pg_temp.orders('quickbooks', 'deposit_line:62:SalesReceipt/38', 'deposit_line:62:SalesReceipt/47')),
  ('quickbooks: deposit 62', 'SETTLEMENT_TOTAL_MISMATCH 218.75 218.00', pg_temp.reasons('quickbooks:deposit:62')),
  ('quickbooks: deposit 121, less cash', 'SETTLEMENT_TOTAL_MISMATCH 868.15 867.00', pg_temp.reasons('quickbooks:deposit:121')),
  ('quickbooks: deposit 155', 'SETTLEMENT_TOTAL_MISMATCH 200.00 199.50', pg_temp.reasons('quickbooks:deposit:155')),
  ('quickbooks: deposit 102 adds up', 'none', pg_temp.reasons('quickbooks:deposit:102'));

-- Xero.
INSERT INTO fact VALUES
  ('xero: an invoice and its payment', '1 of 2',
   pg_temp.orders('xero', 'invoice:046d8a6d-1ae1-4b4d-9340-5601bdf41b87', 'payment:99ea7f6b-c513-4066-bc27-b7c65dcd76c2'));
INSERT INTO fact SELECT 'xero: bills book nothing', 'none 484, sale 117', string_agg(t.line, ', ' ORDER BY t.line)
FROM (SELECT COALESCE(r.posting_type, 'none') || ' ' || count(*) AS line FROM meshline.record AS r JOIN sample.connection AS c ON c.typed = r.connection_id
      WHERE c.system = 'xero' AND r.object = 'invoice' GROUP BY r.posting_type) AS t;

-- HubSpot: contacts that were merged are one, and nothing of a CRM is an exception.
INSERT INTO fact SELECT 'hubspot: merged contacts', '1', count(DISTINCT l.canonical_id)::text
FROM meshline.record_links AS l JOIN sample.connection AS c ON c.typed = l.connection_id
WHERE c.system = 'hubspot' AND l.object = 'contact' AND l.external_id IN ('78971951', '76340251');
INSERT INTO fact SELECT 'hubspot: no exceptions', '0', count(*)::text FROM open_one AS o WHERE o.system = 'hubspot';

-- Amazon: the complete report adds up; a report is repeated without effect; twins within it count.
INSERT INTO fact VALUES
  ('amazon: the complete settlement adds up', 'none', pg_temp.reasons('amazon:settlement_line:28471003921')),
  ('amazon: the truncated samples do not', 'SETTLEMENT_TOTAL_MISMATCH 1234.56 16.77, SETTLEMENT_TOTAL_MISMATCH 1847.32 -16.32',
   pg_temp.reasons('amazon:settlement_line:12345678901') || ', ' || pg_temp.reasons('amazon:settlement_line:18906543210')),
  ('amazon: a notice is no order', 'UNMAPPED_ORDER 0 0', pg_temp.reasons('amazon:order_change:903-8868176-2219830'));
INSERT INTO fact SELECT 'amazon: the lines of the complete settlement', '23 58289', count(*) || ' ' || sum(r.net_minor)
FROM meshline.record AS r JOIN sample.connection AS c ON c.api = r.connection_id
WHERE r.payout_id = (SELECT l.canonical_id FROM meshline.record_links AS l WHERE l.object = 'settlement_line' AND l.external_id = '28471003921');
CREATE TEMP TABLE twin AS
SELECT p.n, replace(p.payload, '28471003921', '28471003922') AS payload FROM sample.payload AS p WHERE p.file = 'settlement_v2_synthetic_full';
INSERT INTO twin SELECT t.n, t.payload FROM twin AS t WHERE t.payload LIKE '%Commission%' AND t.payload LIKE '%114-8829371-4410258%';
UPDATE twin AS t SET payload = replace(t.payload, '"582.89"', '"563.39"');
CREATE PROCEDURE pg_temp.deliver_twins() LANGUAGE sql AS $$
  INSERT INTO staging.amazon_settlement_line (merchant_id, connection_id, payload)
  SELECT c.merchant_id, c.api, t.payload FROM twin AS t CROSS JOIN sample.connection AS c WHERE c.system = 'amazon' ORDER BY t.n
$$;
SET meshline.as_of = '2026-11-25 00:00+00';
CALL pg_temp.deliver_twins();
CALL pg_temp.deliver_twins();
INSERT INTO fact SELECT 'amazon: identical rows are two, a repeated report is none', '24 56339', count(*) || ' ' || sum(r.net_minor)
FROM meshline.record AS r JOIN sample.connection AS c ON c.api = r.connection_id
WHERE r.payout_id = (SELECT l.canonical_id FROM meshline.record_links AS l WHERE l.object = 'settlement_line' AND l.external_id = '28471003922');
INSERT INTO fact SELECT 'amazon: the settlement with identical rows adds up', '0', count(*)::text
FROM meshline.open_exceptions AS x WHERE x.record_ids = ARRAY['amazon:settlement_line:28471003922'];

SELECT CASE WHEN f.expected = f.actual THEN 'ok' ELSE 'FAILED' END, f.id,
       CASE WHEN f.expected = f.actual THEN '' ELSE 'expected ' || f.expected || ' got ' || COALESCE(f.actual, 'nothing') END
FROM fact AS f ORDER BY f.id;
SELECT CASE WHEN count(*) = 0 THEN 'ok all' ELSE 'FAILED ' || count(*) END FROM fact AS f WHERE f.expected IS DISTINCT FROM f.actual;
