"""What tables can be brought in for. To add one: a module here, one line in `registry.py`."""
