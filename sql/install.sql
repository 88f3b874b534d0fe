-- CREATE EXTENSION brings code only; create_workspace() makes the tables, which are the user's own.
CREATE EXTENSION meshline;
SELECT count(*) AS tables_of_the_extension FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
  WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e' AND c.relnamespace = 'meshline'::regnamespace;
SELECT meshline.create_workspace();
SELECT meshline.create_workspace(); -- fails
SELECT merchant_id, name, base_currency, time_zone FROM meshline.merchant;
SELECT connector, version, role FROM meshline.connector ORDER BY connector;
SELECT meshline.connect('shopify', 'northwind.myshopify.com') AS shopify,
       meshline.connect('stripe', 'acct_northwind') AS stripe,
       meshline.connect('netsuite', '1234567') AS netsuite,
       meshline.connect('quickbooks', '9130357766900001') AS quickbooks;
SELECT meshline.connect('nosuch', 'x'); -- fails
SELECT meshline.connect('shopify', 'other.myshopify.com', settings => '{"mode": "later"}'); -- fails
SELECT meshline.set_policy('ledger_connection_id', '3', 1);
SELECT table_name FROM information_schema.tables WHERE table_schema = 'staging' ORDER BY table_name COLLATE "C";
-- Nothing may be called by everybody.
SELECT p.oid::regprocedure FROM pg_proc p
  WHERE p.pronamespace = 'meshline'::regnamespace AND has_function_privilege('public', p.oid, 'EXECUTE');
