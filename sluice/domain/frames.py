"""Define the reserved columns of frames, and the schemas of the frames that rooms exchange.

Frames carry reserved columns, all beginning with an underscore:

    _row_id   str    id of a row for ever: "<batch id>.<position>"
    _raw      list   cells that did not cast to their declared type: structs of column and text (null where none)
    _action   str    how far a clean row can be trusted: keep, repaired, order_unknown
    _run_id   str    the run that published the row (lake only)
    _reasons  list   why a row is held (quarantine only)
    _state    str    of a row that is neither published nor held: copy, superseded (repeats only)
    _other    str    id of the row that stands in its place (repeats only)
"""

from __future__ import annotations

import polars as pl

ROW, RAW, ACTION, RUN, REASONS = "_row_id", "_raw", "_action", "_run_id", "_reasons"
STATE, OTHER = "_state", "_other"
UNREADABLE = "_unreadable"  # the column of a cell in `_raw` that stands for a whole message which is no row; its text is where that message is
RESERVED = (ROW, RAW, ACTION, RUN, REASONS, STATE, OTHER)
MASK = "•••"  # stands for the cells of personal columns wherever people or programs read rows

RAW_TYPE = pl.List(pl.Struct({"column": pl.String, "text": pl.String}))
REASON_TYPE = pl.List(
    pl.Struct(
        {
            "name": pl.String,
            "message": pl.String,
            "columns": pl.List(pl.String),
            "severity": pl.String,
            "dimension": pl.String,
            "filter": pl.String,
            "score": pl.Float64,
            "run_id": pl.String,
            "run_time": pl.Datetime("us", "UTC"),
            "rule_fingerprint": pl.String,
            "code": pl.String,  # of the message; null in what 0.1 wrote
            "params": pl.String,  # of the message, as JSON
        }
    )
)
REPAIRS = pl.Schema(
    {
        "repair_id": pl.String(),  # "<row id>/<column>/<step>": unique for ever
        ROW: pl.String(),
        "column": pl.String(),
        "old": pl.String(),  # as text; null where there was none
        "new": pl.String(),
        "cleaner": pl.String(),
        "confidence": pl.Float64(),
        "applied": pl.Boolean(),  # False: a Candidate, not certain enough to be applied
        "message": pl.String(),  # a sentence, or a Message as JSON
    }
)
FLAGS = pl.Schema(
    {
        ROW: pl.String(),
        "rule": pl.String(),  # the detector, or the rule of the schema, that flags the row, published though it is
        "columns": pl.List(pl.String()),  # the cells to blame, the worst first
        "score": pl.Float64(),  # its p-value
        "message": pl.String(),  # a sentence, or a Message as JSON
        "expected": pl.String(),  # the value that the detector would have expected, of the worst cell
    }
)
REPEATS = pl.Schema(
    {
        ROW: pl.String(),
        STATE: pl.String(),  # copy: equal to a row with its key in every cell; superseded: another row with its key stands in its place
        OTHER: pl.String(),  # the row that it repeats, or that stands in its place, published or held; null where a snapshot no longer has its key
    }
)
EVIDENCE = pl.Schema(
    {
        ROW: pl.String(),
        "columns": pl.List(pl.String()),  # the cells to blame, the worst first
        "score": pl.Float64(),  # for a detector: its p-value
        "message": pl.String(),  # a sentence, or a Message as JSON (`message_column`)
        "expected": pl.String(),  # the value that the rule or detector would have expected; for a repeat, the row it repeats
    }
)


def row_position(column: str = ROW) -> pl.Expr:
    """Return the position of a row in the file that it came with, from 0 on; null where the id names none.

    Args:
        column: Column with the ids of the rows.

    Example:
        >>> import polars as pl
        >>> pl.DataFrame({"_row_id": ["4f1c.0", "4f1c.12"]}).select(row_position())["_row_id"].to_list()
        [0, 12]
    """
    return pl.col(column).str.extract(r"\.(\d+)$").cast(pl.Int64)


def message_column(code: str, /, **params: pl.Expr) -> pl.Expr:
    """Return the column `message` of one message per row, as JSON text that `Message.loads` reads.

    Args:
        code: Of a template of `sluice.messages`.
        params: Parameters of the template, as expressions over the frame; a message column among them is nested.

    Example:
        >>> import polars as pl
        >>> from sluice.domain import Message
        >>> text = pl.DataFrame({"age": [30.5]}).select(message_column("age_hours", hours=pl.col("age"))).item()
        >>> Message.loads(text) == Message.of("age_hours", hours=30.5)
        True
    """
    encoded = pl.struct([value.alias(name) for name, value in params.items()]).struct.json_encode() if params else pl.lit("{}")
    return pl.concat_str(pl.lit(f'{{"code": "{code}", "params": '), encoded, pl.lit("}")).alias("message")
