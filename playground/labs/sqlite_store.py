"""Labs in one SQLite file (write-ahead log): the default store."""

import json
import sqlite3
import threading
from pathlib import Path

from playground.labs.journal import Entry, Header, Record, encode
from playground.labs.share import Share

SCHEMA = """
CREATE TABLE IF NOT EXISTS labs (
  id TEXT PRIMARY KEY, token TEXT NOT NULL, header TEXT NOT NULL, now_us INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS journal (
  lab TEXT NOT NULL REFERENCES labs(id) ON DELETE CASCADE, number INTEGER NOT NULL, at_us INTEGER NOT NULL,
  input TEXT NOT NULL, PRIMARY KEY (lab, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shares (
  id TEXT PRIMARY KEY, lab TEXT NOT NULL REFERENCES labs(id) ON DELETE CASCADE, kind TEXT NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS shares_of_lab ON shares (lab);
"""


class SqliteStore:
    """One connection, guarded by a lock; a statement takes well under a millisecond."""

    def __init__(self, path: Path | str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA foreign_keys=ON")
        self._db.executescript(SCHEMA)

    def create(self, record: Record) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO labs (id, token, header, now_us) VALUES (?, ?, ?, ?)",
                (record.id, record.token, json.dumps(record.header.to_json()), record.now_us),
            )
        if record.entries:
            self.rewrite(record)

    def append(self, lab_id: str, entry: Entry) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO journal (lab, number, at_us, input) "
                "SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ? FROM journal WHERE lab = ?",
                (lab_id, entry.at_us, encode(entry.input), lab_id),
            )

    def mark(self, lab_id: str, now_us: int) -> None:
        with self._lock:
            self._db.execute("UPDATE labs SET now_us = ? WHERE id = ?", (now_us, lab_id))

    def load(self, lab_id: str) -> Record | None:
        with self._lock:
            row = self._db.execute("SELECT token, header, now_us FROM labs WHERE id = ?", (lab_id,)).fetchone()
            if row is None:
                return None
            entries = self._db.execute(
                "SELECT at_us, input FROM journal WHERE lab = ? ORDER BY number", (lab_id,)
            ).fetchall()
        return Record(
            id=lab_id,
            token=row[0],
            header=Header.from_json(json.loads(row[1])),
            now_us=row[2],
            entries=[Entry(at_us, json.loads(text)) for at_us, text in entries],
        )

    def rewrite(self, record: Record) -> None:
        rows = [(record.id, number, entry.at_us, encode(entry.input)) for number, entry in enumerate(record.entries, 1)]
        with self._lock:
            self._db.execute("BEGIN")
            self._db.execute("DELETE FROM journal WHERE lab = ?", (record.id,))
            self._db.executemany("INSERT INTO journal (lab, number, at_us, input) VALUES (?, ?, ?, ?)", rows)
            self._db.execute("UPDATE labs SET now_us = ? WHERE id = ?", (record.now_us, record.id))
            self._db.execute("COMMIT")

    def add_share(self, share: Share) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO shares (id, lab, kind, data) VALUES (?, ?, ?, ?)",
                (share.id, share.lab_id, share.kind, share.data),
            )

    def share(self, share_id: str) -> Share | None:
        with self._lock:
            row = self._db.execute("SELECT lab, kind, data FROM shares WHERE id = ?", (share_id,)).fetchone()
        return Share(share_id, *row) if row is not None else None

    def count_shares(self, lab_id: str) -> int:
        with self._lock:
            return int(self._db.execute("SELECT COUNT(*) FROM shares WHERE lab = ?", (lab_id,)).fetchone()[0])

    def remove(self, lab_id: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM labs WHERE id = ?", (lab_id,))

    def count(self) -> int:
        with self._lock:
            return int(self._db.execute("SELECT COUNT(*) FROM labs").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._db.close()
