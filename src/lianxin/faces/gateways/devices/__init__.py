"""Readings of devices over HTTP, an adapter a folder."""
