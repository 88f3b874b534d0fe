-- Two spellings of one thing have one normal form: texts, names, companies, addresses, e-mail, phones, sounds.
\set SHOW_CONTEXT never

SELECT meshline.normalize_text('  Crème   BRÛLÉE, n° 5!') AS text, meshline.normalize_text('Straße') AS sharp_s,
       meshline.normalize_text('ＡＢＣ') AS full_width, meshline.normalize_text('ガラス') AS kana, meshline.normalize_text('?!') AS empty,
       meshline.normalize_text(NULL) AS none;
SELECT v AS name, meshline.normalize_name(v) AS normal
FROM unnest(ARRAY['Dr. John A. Smith, Jr.', 'O''Brien', 'O’BRIEN', 'Anne-Marie Smith-Jones', 'MÜLLER', 'Иван Петров', 'Dr', ''])
  WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT v AS company, meshline.normalize_company(v) AS normal
FROM unnest(ARRAY['The Coca-Cola Company', 'Müller GmbH & Co. KG', 'I.B.M. Corp', 'Johnson & Johnson', 'Cemex S.A.B. de C.V.', 'ООО Ромашка', 'Limited'])
  WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT v AS address, meshline.normalize_address(v) AS normal
FROM unnest(ARRAY['123 N. Main St., Apt #4B', '123 North Main Street, Suite 4b', '12 St James St', '12 Dr King Dr', 'P.O. Box 7', 'Hauptstr. 5'])
  WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT v AS email, meshline.normalize_email(v) AS normal
FROM unnest(ARRAY['J.Smith+shop@Example.COM', 'J.Smith+shop@googlemail.com', 'a@bücher.example', 'a@b', 'a b@example.com', 'n/a', ''])
  WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT v AS phone, meshline.normalize_phone(v) AS us, meshline.normalize_phone(v, 'GB') AS gb, meshline.normalize_phone(v, '+49') AS de
FROM unnest(ARRAY['(415) 555-0132', '020 7946 0958', '+44 20 7946 0958 ext. 3', '0000000000', '12', ''])
  WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT meshline.normalize_phone('415 555 0132', 'Atlantis'); -- fails
SELECT v AS name, meshline.transliterate(v) AS ascii, meshline.double_metaphone(v) AS keys
FROM unnest(ARRAY['Smith', 'Schmidt', 'Catherine', 'Katherine', 'Петров', 'Παπαδόπουλος', '王小明', 'محمد', '12', ''])
  WITH ORDINALITY AS u (v, i) ORDER BY i;

-- Nicknames are rows, and whoever keeps the workspace changes them.
SELECT meshline.canonical_name('Bill Smith') AS bill, meshline.canonical_name('Mr. LIZ O''Neil Jr') AS liz,
       meshline.canonical_name('Paco') AS paco, meshline.canonical_name('') AS empty, meshline.canonical_name(NULL) AS none;
BEGIN;
DELETE FROM meshline.nickname;
INSERT INTO meshline.nickname (name, canonical) VALUES ('paco', 'francisco');
SELECT meshline.canonical_name('Bill Smith') AS bill, meshline.canonical_name('Paco') AS paco;
ROLLBACK;
INSERT INTO meshline.nickname (name, canonical) VALUES ('Paco', 'francisco'); -- fails: not in normal form
SELECT count(*) AS chains FROM meshline.nickname AS a JOIN meshline.nickname AS b ON b.name = a.canonical;

-- Immutable: they can be indexed, and the index is used.
CREATE TEMPORARY TABLE person (id integer, name text, email text, phone text);
INSERT INTO person SELECT n, 'Person ' || n, 'p' || n || '@example.com', '+1415555' || n FROM generate_series(1000, 3999) AS n;
INSERT INTO person VALUES (1, 'Conan O''Brien', 'Conan.OBrien+tv@gmail.com', '(415) 555-9999');
CREATE INDEX person_name ON person (meshline.normalize_name(name));
CREATE INDEX person_email ON person (meshline.normalize_email(email));
CREATE INDEX person_phone ON person (meshline.normalize_phone(phone));
CREATE INDEX person_sound ON person USING gin (meshline.double_metaphone(name));
ANALYZE person;
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE meshline.normalize_name(name) = meshline.normalize_name('conan OBRIEN');
SELECT id FROM person WHERE meshline.normalize_name(name) = meshline.normalize_name('conan OBRIEN');
SELECT id FROM person WHERE meshline.normalize_email(email) = meshline.normalize_email('conanobrien@googlemail.com');
SELECT id FROM person WHERE meshline.normalize_phone(phone) = meshline.normalize_phone('415.555.9999');
SELECT id FROM person WHERE meshline.double_metaphone(name) && meshline.double_metaphone('Konan Obryan');
DROP TABLE person;

-- Long text can be cancelled.
SET statement_timeout = '50ms';
SELECT length(meshline.normalize_text(repeat('Crème brûlée ', 3000000))); -- fails
RESET statement_timeout;

-- They are nobody's until they are granted.
CREATE ROLE regress_normalize_guest;
GRANT USAGE ON SCHEMA meshline TO regress_normalize_guest;
SET ROLE regress_normalize_guest;
SELECT meshline.normalize_text('a'); -- fails
SELECT meshline.canonical_name('a'); -- fails
RESET ROLE;
REVOKE USAGE ON SCHEMA meshline FROM regress_normalize_guest;
DROP ROLE regress_normalize_guest;
