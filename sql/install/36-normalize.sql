-- Normalisers and phonetic keys: two spellings of one thing become equal.

CREATE FUNCTION meshline.normalize_text(value text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_normalize_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.normalize_text(text) IS
  'Words of letters and digits with one space between them: case and compatibility forms folded, accents and punctuation removed (NFKC case folding by ICU). An index on it wants a REINDEX when the ICU library changes its version.';

CREATE FUNCTION meshline.normalize_name(name text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_normalize_name' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.normalize_name(text) IS
  'A person''s name as normalize_text() would give it, O''Brien as obrien, without titles and suffixes (Dr, Jr, III); the order of words is kept. An index on it wants a REINDEX when the ICU library changes its version.';

CREATE FUNCTION meshline.normalize_email(email text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_normalize_email' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.normalize_email(text) IS
  'The mailbox that an address delivers to: lower case, no plus-tag, no dots at Gmail (googlemail.com is gmail.com), the domain in ASCII; null for what is no address. An index on it wants a REINDEX when the ICU library changes its version.';

CREATE FUNCTION meshline.normalize_phone(phone text, default_region text DEFAULT 'US') RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_normalize_phone' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.normalize_phone(text, text) IS
  'A phone number in E.164 (+14155550132), extensions dropped; null for what cannot be one. Numbers without a country code belong to default_region: an ISO 3166 code (US) or a calling code (+1). An index on it wants a REINDEX when libphonenumber changes its version.';

CREATE FUNCTION meshline.normalize_address(address text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_normalize_address' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.normalize_address(text) IS
  'An address as normalize_text() would give it with abbreviations written out: rd is road, n is north, apt, suite, flat and # are unit. "St" is saint at the start and behind a house number where a word follows, else street; "Dr" is doctor or drive alike. An index on it wants a REINDEX when the ICU library changes its version.';

CREATE FUNCTION meshline.normalize_company(company text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_normalize_company' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.normalize_company(text) IS
  'A company''s name as normalize_text() would give it, "&" as and, initials joined (I.B.M. is ibm), without "the" in front and legal forms at the end (GmbH & Co. KG, S.p.A., Pty Ltd). An index on it wants a REINDEX when the ICU library changes its version.';

CREATE FUNCTION meshline.transliterate(value text) RETURNS text
  AS 'MODULE_PATHNAME', 'meshline_transliterate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.transliterate(text) IS
  'Text of any script in ASCII letters (ICU: Any-Latin; Latin-ASCII); Chinese characters are read as Mandarin wherever they stand. An index on it wants a REINDEX when the ICU library changes its version.';

CREATE FUNCTION meshline.double_metaphone(value text) RETURNS text[]
  AS 'MODULE_PATHNAME', 'meshline_double_metaphone' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION meshline.double_metaphone(text) IS
  'The primary and the alternate phonetic key of a text (Double Metaphone, keys of any length), which is transliterated first; both are the same where there is no alternate. An index on it wants a REINDEX when the ICU library changes its version.';

CREATE FUNCTION meshline.canonical_name(name text) RETURNS text LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  words text[] := pg_catalog.string_to_array(meshline.normalize_name(name), ' ');
BEGIN
  RETURN (SELECT COALESCE(pg_catalog.string_agg(COALESCE(n.canonical, w.word), ' ' ORDER BY w.place), '')
          FROM pg_catalog.unnest(words) WITH ORDINALITY AS w (word, place)
          LEFT JOIN meshline.nickname AS n ON n.name = w.word);
END
$$;
COMMENT ON FUNCTION meshline.canonical_name(text) IS
  'A name as normalize_name() gives it, each word that meshline.nickname lists replaced by what it stands for: "Bill Smith" is william smith.';
