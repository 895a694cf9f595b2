#!/usr/bin/env python3
"""The store in PostgreSQL: the unit test of the store against a database, and moves both ways.

  store_postgres_test.py THALWEG STORE_SEAL_TEST STORE_JOURNAL_TEST [TEST ...]
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import postgres
import server_test

SEAL_TEST = None
JOURNAL_TEST = None
KEYS = ("series", "sources", "months", "chunks", "samples", "chunk_bytes", "warnings", "audit",
        "forecasts")


def store(*words, code=0):
    done = subprocess.run([server_test.THALWEG, "store", *words], capture_output=True, text=True)
    assert done.returncode == code, f"{words}: {done.returncode} {done.stdout}{done.stderr}"
    return done


def found(place):
    """What a check finds; without the log's rows, of which a copy has one more."""
    all_ = json.loads(store("check", "--json", place).stdout)
    return {k: all_[k] for k in KEYS + ("faults", "log_samples")}


@unittest.skipUnless(postgres.is_there(), "PostgreSQL is not installed")
class InPostgres(unittest.TestCase):
    def test_the_store_does_in_a_database_what_it_does_in_files(self):
        with postgres.Postgres() as server:
            done = subprocess.run([SEAL_TEST], capture_output=True, text=True,
                                  env={**os.environ, "TW_TEST_STORE": server.url})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_journal_books_in_a_database_as_it_does_in_files(self):
        with postgres.Postgres() as server:
            done = subprocess.run([JOURNAL_TEST], capture_output=True, text=True,
                                  env={**os.environ, "TW_TEST_STORE": server.url})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_store_moves_there_and_back(self):
        with postgres.Postgres() as server, tempfile.TemporaryDirectory() as folder:
            first = os.path.join(folder, "first.db")
            back = os.path.join(folder, "back", "live.db")
            made = subprocess.run([SEAL_TEST], capture_output=True, text=True,
                                  env={**os.environ, "TW_TEST_KEEP": first})
            self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
            before = found(first)
            self.assertGreater(before["samples"], 1000)
            store("move", first, server.url)
            self.assertEqual(found(server.url), before)
            store("move", server.url, back)
            self.assertEqual(found(back), before)
            store("move", first, server.url, code=3)   # there is one already

    def test_a_database_that_does_not_answer_is_told(self):
        done = store("check", "postgresql:///postgres?host=/nowhere", code=3)
        self.assertIn("/nowhere", done.stderr)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    if not postgres.is_there():
        print("skipped: PostgreSQL is not installed (tools/setup.sh test)")
        sys.exit(77)
    server_test.THALWEG = os.path.abspath(sys.argv.pop(1))
    SEAL_TEST = os.path.abspath(sys.argv.pop(1))
    JOURNAL_TEST = os.path.abspath(sys.argv.pop(1))
    unittest.main()
