"""Made-up devices that speak as real ones do: believable values, faults on demand, through the broker or by HTTP."""
