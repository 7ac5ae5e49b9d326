"""Connect the rooms: configuration to store, sources, steps, clock and gate. Imports nothing by itself, so that each part stays light."""
