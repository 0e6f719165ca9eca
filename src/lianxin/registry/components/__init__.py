"""Components (部件): the fixed facilities of a city, each with its number, place, state and keepers."""
