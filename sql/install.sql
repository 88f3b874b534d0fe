-- CREATE EXTENSION brings code only; create_workspace() makes the tables, which are the user's own.
\set SHOW_CONTEXT never
CREATE EXTENSION meshline;
SELECT DISTINCT (pg_identify_object(d.classid, d.objid, 0)).type
FROM pg_depend AS d
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid = (SELECT e.oid FROM pg_extension AS e WHERE e.extname = 'meshline')
ORDER BY 1;
-- Nobody but the owner may call anything, and what runs with the owner's rights fixes its search path.
SELECT p.oid::regprocedure AS callable_by_everybody
FROM pg_proc AS p
WHERE p.pronamespace = 'meshline'::regnamespace AND has_function_privilege('public', p.oid, 'EXECUTE');
SELECT p.oid::regprocedure AS without_search_path
FROM pg_proc AS p
WHERE p.pronamespace = 'meshline'::regnamespace AND p.prosecdef
  AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false);

SELECT meshline.connect('shopify', 'northwind.myshopify.com'); -- fails
SELECT meshline.create_workspace();
SELECT meshline.create_workspace(); -- fails
SELECT merchant_id, name, base_currency, time_zone FROM meshline.merchant;
SELECT connector, role, title FROM meshline.connector ORDER BY connector;
SELECT reason_code, family, owner_queue, severity, is_holding, is_auto_resolved FROM meshline.reason_code ORDER BY family, reason_code;
SELECT key, scope, value_type, default_value FROM meshline.policies ORDER BY key;
-- Tables and views are the user's: in no extension, readable by nobody else.
SELECT count(*) FILTER (WHERE d.objid IS NOT NULL) AS of_the_extension,
       count(*) FILTER (WHERE has_table_privilege('public', c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS open_to_everybody
FROM pg_class AS c
LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
WHERE c.relnamespace = 'meshline'::regnamespace AND c.relkind IN ('r', 'v');

-- A connection is one account at one system; its staging tables come with it.
SELECT meshline.connect('shopify', 'northwind.myshopify.com') AS shopify;
SELECT meshline.connect('stripe', 'acct_northwind') AS stripe;
SELECT meshline.connect('netsuite', '1234567') AS netsuite;
SELECT meshline.connect('quickbooks', '9130357766900001') AS quickbooks;
SELECT meshline.connect('shopify', 'northwind.myshopify.com'); -- the one that is there
SELECT meshline.connect('nosuch', 'x'); -- fails
SELECT meshline.connect('stripe', 'acct_x', 99); -- fails
SELECT meshline.connect('stripe', 'acct_x', settings => '{"mode": "later"}'); -- fails
SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'staging'::regnamespace AND c.relkind = 'r' ORDER BY c.relname;
-- NetSuite is the ledger that posts this shop's orders; QuickBooks keeps the cash.
SELECT meshline.set_policy('ledger_connection_id', '3', connection_id => 1);
SELECT meshline.add_merchant('second', 'XXX', 'UTC'); -- fails
SELECT meshline.add_merchant('second', 'EUR', 'Mars/Olympus'); -- fails
SELECT meshline.add_merchant('second', 'EUR', 'Europe/Berlin');
