"""Find wrong cells of a table, and what should stand there, from a few rows that a person labelled.

`Reference` holds what is usual in a table, `gather` the evidence against each cell, `choose_rows` which rows to label, and `CellModel` what labels teach.
Pure: tables come in and go out in memory. Linear in the rows; the pairs of columns count as a square.
"""
