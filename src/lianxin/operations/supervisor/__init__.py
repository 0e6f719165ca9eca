"""Start, watch and stop the processes of one installation: database, web, live, relay, worker."""
