"""Draw the parts that pages share: forms, tables, charts."""
