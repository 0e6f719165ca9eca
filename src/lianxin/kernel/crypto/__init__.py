"""Sealing of personal data, and keyed hashes to look it up by, under one key ring with two suites of ciphers."""
