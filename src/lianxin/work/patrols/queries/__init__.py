"""Reads of patrols, a module a subject."""
