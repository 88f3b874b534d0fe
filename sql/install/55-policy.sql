-- What a merchant tells the engine.

CREATE FUNCTION meshline._check_policy_value(key text, value_type text, value jsonb, merchant_id bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  kind text := pg_catalog.jsonb_typeof(value);
  is_valid boolean;
BEGIN
  is_valid := value IS NULL OR kind = 'null' OR CASE value_type
    WHEN 'days' THEN kind = 'number' AND value::pg_catalog.text ~ '^[0-9]{1,5}$'
    WHEN 'hours' THEN kind = 'number' AND value::pg_catalog.text ~ '^[0-9]{1,5}$'
    WHEN 'minutes' THEN kind = 'number' AND value::pg_catalog.text ~ '^[0-9]{1,7}$'
    WHEN 'weight' THEN kind = 'number' AND value::pg_catalog.text ~ '^[0-9]{1,3}$'
    WHEN 'minor_units' THEN kind = 'number' AND value::pg_catalog.text ~ '^[0-9]{1,18}$'
    WHEN 'boolean' THEN kind = 'boolean'
    WHEN 'connection' THEN kind = 'number' AND EXISTS (
      SELECT FROM meshline.connection AS n
      WHERE n.merchant_id = _check_policy_value.merchant_id AND n.connection_id::pg_catalog.text = value::pg_catalog.text)
    WHEN 'object_names' THEN kind = 'array' AND NOT EXISTS (
      SELECT FROM pg_catalog.jsonb_array_elements(value) AS e
      WHERE pg_catalog.jsonb_typeof(e) <> 'string' OR e #>> '{}' !~ '^[a-z][a-z0-9_]*$')
    WHEN 'fee_schedule' THEN kind = 'object' AND NOT EXISTS (
      SELECT FROM pg_catalog.jsonb_each(CASE kind WHEN 'object' THEN value ELSE '{}' END) AS e
      WHERE e.key !~ '^[A-Z]{3}$' OR pg_catalog.jsonb_typeof(e.value) <> 'object'
        OR (e.value ->> 'basis_points') IS NULL OR (e.value ->> 'basis_points') !~ '^[0-9]{1,5}$'
        OR (e.value ->> 'fixed_minor') IS NULL OR (e.value ->> 'fixed_minor') !~ '^[0-9]{1,9}$'
        OR pg_catalog.jsonb_typeof(e.value -> 'basis_points') <> 'number' OR pg_catalog.jsonb_typeof(e.value -> 'fixed_minor') <> 'number')
    WHEN 'time_zone' THEN kind = 'string' AND EXISTS (
      SELECT FROM pg_catalog.pg_timezone_names AS z WHERE z.name = value #>> '{}')
    WHEN 'currency' THEN kind = 'string' AND meshline.currency_exponent(value #>> '{}') IS NOT NULL
    ELSE false END;
  IF NOT is_valid THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('policy %s cannot be %s', key, value),
      DETAIL = CASE value_type
        WHEN 'connection' THEN 'It is the id of a connection of the merchant, or null.'
        WHEN 'object_names' THEN 'It is a JSON array of object names, or null.'
        WHEN 'time_zone' THEN 'It is a name of pg_timezone_names, or null.'
        WHEN 'currency' THEN 'It is an ISO 4217 code, or null.'
        WHEN 'fee_schedule' THEN 'It is an object of currencies with basis_points and fixed_minor, such as {"USD": {"basis_points": 290, "fixed_minor": 30}}, or null.'
        WHEN 'boolean' THEN 'It is true, false or null.'
        ELSE pg_catalog.format('It is a whole number of %s from 0 up, or null.', pg_catalog.replace(value_type, '_', ' ')) END;
  END IF;
END
$$;
COMMENT ON FUNCTION meshline._check_policy_value(text, text, jsonb, bigint) IS 'Error 22023 when a value is not of a policy''s type.';

CREATE FUNCTION meshline._check_policy(key text, value jsonb, connection_id bigint, merchant_id bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  known record;
BEGIN
  SELECT k.scope, k.value_type INTO known FROM meshline.policy_key AS k WHERE k.key = key;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format('policy %L does not exist', key),
      HINT = 'SELECT key, description FROM meshline.policies lists them.';
  END IF;
  IF known.scope = 'connection' AND connection_id IS NULL OR known.scope = 'merchant' AND connection_id IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = pg_catalog.format(CASE known.scope WHEN 'connection' THEN 'policy %s is set for one connection'
                                  ELSE 'policy %s is set for the whole merchant' END, key),
      HINT = CASE known.scope WHEN 'connection' THEN 'Give connection_id.' ELSE 'Leave connection_id out.' END;
  END IF;
  IF NOT EXISTS (SELECT FROM meshline.merchant AS m WHERE m.merchant_id = merchant_id) THEN
    PERFORM meshline._raise_unknown('merchant', merchant_id::pg_catalog.text);
  END IF;
  IF connection_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM meshline.connection AS n WHERE n.merchant_id = merchant_id AND n.connection_id = connection_id) THEN
    PERFORM meshline._raise_unknown('connection', connection_id::pg_catalog.text);
  END IF;
  PERFORM meshline._check_policy_value(key, known.value_type, value, merchant_id);
END
$$;
COMMENT ON FUNCTION meshline._check_policy(text, jsonb, bigint, bigint) IS 'An error when a policy does not exist, is not of that scope, or cannot have that value.';

CREATE FUNCTION meshline.set_policy(key text, value jsonb, connection_id bigint DEFAULT NULL, merchant_id bigint DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
  merchant_id := COALESCE(merchant_id, (SELECT min(c.merchant_id) FROM meshline.connection AS c WHERE c.connection_id = set_policy.connection_id), 1);
  PERFORM meshline._check_policy(key, value, connection_id, merchant_id);
  INSERT INTO meshline.policy AS p (merchant_id, connection_id, key, value, set_at, set_by)
  VALUES (merchant_id, COALESCE(connection_id, 0), key, NULLIF(value, 'null'), pg_catalog.now(), SESSION_USER)
  ON CONFLICT ON CONSTRAINT policy_pkey DO UPDATE SET value = excluded.value, set_at = excluded.set_at, set_by = excluded.set_by;
  PERFORM meshline._config_changed('meshline.connection');
END
$$;
COMMENT ON FUNCTION meshline.set_policy(text, jsonb, bigint, bigint) IS
  'Sets a window, grace, tolerance or choice of view policies, of the connection''s merchant where none is given; null switches a window off or returns to the default rule. Takes effect on what is reconciled from now on: CALL meshline.reconcile_all() applies it to the past.';
