"""Two addresses for machines that watch: /healthz (this process lives), /readyz (it can do its work)."""
