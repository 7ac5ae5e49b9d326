"""Define the operations: one file for each kind of thing that can be read or decided on."""
