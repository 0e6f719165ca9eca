"""Signs of life (平安信号): who agreed to one, whether it was given today, and who is asked to look if not."""
