"""What happens, as it happens: server-sent events for consoles, in a process of its own."""
