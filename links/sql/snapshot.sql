-- The host's snapshot, links/snapshot.py. Its index is made once all targets are in: in random order it would be
-- written a hundred times over.
CREATE TABLE targets (
    code_id INTEGER PRIMARY KEY,
    domain_id INTEGER NOT NULL,
    canonical TEXT NOT NULL,
    target TEXT NOT NULL,
    -- CRC-32 of the row: SQLite has none, and a damaged destination would lead phones astray.
    crc INTEGER NOT NULL
);
CREATE TABLE domains (id INTEGER PRIMARY KEY, host TEXT NOT NULL, is_site INTEGER NOT NULL);
CREATE TABLE salts (date TEXT PRIMARY KEY, salt BLOB NOT NULL);
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL);
