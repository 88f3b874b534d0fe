-- Work that has to be done every few minutes.

CREATE FUNCTION meshline.schedule(sweep_every text DEFAULT '*/5 * * * *', process_pending_every text DEFAULT '* * * * *') RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pg_cron') THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = 'extension pg_cron is not installed in this database',
      DETAIL = 'CALL meshline.sweep() and CALL meshline.process_pending() have to run every few minutes.',
      HINT = 'Put pg_cron into shared_preload_libraries, set cron.database_name to this database, restart, and CREATE EXTENSION pg_cron; or call both from a crontab with psql.';
  END IF;
  EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING 'meshline sweep', sweep_every, 'CALL meshline.sweep()';
  EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING 'meshline process_pending', process_pending_every, 'CALL meshline.process_pending()';
END
$$;
COMMENT ON FUNCTION meshline.schedule(text, text) IS
  'Has pg_cron call sweep() and process_pending(), at times in its notation; again with other times changes them. An error that says what to do where pg_cron is not installed.';
