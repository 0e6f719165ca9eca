"""Warnings (预警): CAP messages in and out, told as notices by area."""
