"""Write help, and mistakes of a command line, in the chosen language; in English the texts stay as typer writes them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from typer._click import Command, Context  # typer carries its own click
from typer._click.exceptions import ClickException, NoArgsIsHelpError, UsageError
from typer._click.formatting import HelpFormatter

from sluice.cli.language import tr

FRAME = (  # what typer writes around the texts of Sluice; a longer one stands before one that it begins with
    "Missing argument {name}.",
    "Missing option {name}.",
    "Missing command.",
    "No such command {name}. Did you mean {other}?",
    "No such command {name}.",
    "No such option: {name} (Possible options: {other})",
    "No such option: {name}",
    "Got unexpected extra argument(s) ({values})",
    "Option {name} requires an argument.",
    "Invalid value for {name}: {problem}",
    "Invalid value: {problem}",
)
PROBLEMS = (
    "Value error, {value} is not one of {values}.",
    "Input should be greater than or equal to {limit}",
    "Input should be less than or equal to {limit}",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "file {name} does not exist.",
    "file {name} is a directory.",
)
HELP_OF_HELP = "Show this message and exit."
_EXTRA = re.compile(r"\A(.*?)(?:\A|  )\[([^\[\]]+)\]\Z", re.DOTALL)  # [default: 50; x>=1; required]
_WORDS = re.compile(r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+")
_NO_BEGINNING = frozenset("，。；：、！？）》」』”’]")  # noqa: RUF001  # signs that begin no line


def translate_help(command: Command) -> None:
    """Translate the texts of a command, its parameters and the commands below it, which were built for this call alone."""
    command.context_class = _TranslatedContext
    command.help = paragraphs(command.help)
    command.short_help = (command.help or "").partition("\n")[0].partition("\u3002")[0]
    for parameter in command.params:
        if text := getattr(parameter, "help", None):
            parameter.help = paragraphs(text)  # type: ignore[attr-defined]  # arguments and options have it
    for below in getattr(command, "commands", {}).values():
        translate_help(below)


def paragraphs(text: str | None) -> str:
    """Return a text in the chosen language; a catalogue holds it by paragraphs, each in one line."""
    return "\n\n".join(map(tr, split_paragraphs(text))) if text else ""


def split_paragraphs(text: str) -> list[str]:
    r"""Split a text into paragraphs, each in one line.

    Example:
        >>> split_paragraphs("Judge a batch\nalone.\n\nPublish nothing.")
        ['Judge a batch alone.', 'Publish nothing.']
    """
    return [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n")]


def usage_mistake(error: ClickException) -> str:
    """Return what a person reads of a command line that cannot be run."""
    if isinstance(error, NoArgsIsHelpError):
        return error.format_message()
    lines = [tr("Error: {message}", message=translate_frame(error.format_message()))]
    context = error.ctx if isinstance(error, UsageError) else None
    if context is not None:
        lines = [context.get_usage(), tr("Try '{command} -h' for help.", command=context.command_path), "", *lines]
    return "\n".join(lines)


def translate_frame(message: str) -> str:
    """Return a sentence of typer in the chosen language; an unknown one stays as it is."""
    for template in (*FRAME, *PROBLEMS):
        if match := _pattern(template).fullmatch(message):
            values = match.groupdict()
            return tr(template, **{name: translate_frame(value) if name == "problem" else value for name, value in values.items()})
    return message


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)), re.DOTALL)


class _TranslatedFormatter(HelpFormatter):
    """Write the frame of a help in the chosen language, and wrap texts without blanks by the width of their characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or tr("Usage: "))

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':{self.current_indent}}{tr(f'{heading}:')}\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        wrapped = ("\n".join(indent + line for line in wrap(part, self.width - self.current_indent)) for part in text.split("\n\n"))
        self.write("\n\n".join(wrapped) + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        first = min(max((len(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, text in rows:
            lines = wrap(_row_text(text), max(self.width - first - self.current_indent, 10)) if text else []
            begin = f"{'':{self.current_indent}}{name}"
            fits = len(name) <= first - col_spacing
            self.write(f"{begin:{self.current_indent + first}}{lines[0]}\n" if fits and lines else f"{begin}\n")
            for line in lines[1:] if fits else lines:
                self.write(f"{'':{self.current_indent + first}}{line}\n")


class _TranslatedContext(Context):
    formatter_class = _TranslatedFormatter


def _row_text(text: str) -> str:
    """Return the text of a command or parameter with what typer adds to it: default, limits, whether it is required."""
    match = _EXTRA.match(text)
    if match is None or not (parts := [_extra(part) for part in match[2].split("; ")]) or None in parts:
        return tr(text) if text == HELP_OF_HELP else text
    return f"{match[1]}  [{'; '.join(filter(None, parts))}]".strip()


def _extra(part: str) -> str | None:
    """Return one addition in the chosen language; None where it is none of typer's."""
    name, colon, value = part.partition(": ")
    if colon and name in ("default", "env var"):
        return tr(f"{name}: {{value}}", value=value)
    return tr(part) if part == "required" else part if re.fullmatch(r"[-\d.<>=x]+", part) else None


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns: between words, and between Chinese characters, which are two columns wide.

    Example:
        >>> wrap("one two three", 9)
        ['one two', 'three']
    """
    lines: list[str] = []
    for word in _breakable(text):
        if lines and (columns(lines[-1] + word.rstrip()) <= width):
            lines[-1] += word
        else:
            lines.append(word.lstrip())
    return [line.rstrip() for line in lines]


def _breakable(text: str) -> Iterator[str]:
    """Yield the pieces between which a line may break; a closing sign stays with what it closes."""
    pending = ""
    for match in _WORDS.finditer(text):
        piece = match[0]
        if pending and not pending.isspace() and not (piece in _NO_BEGINNING or piece.isspace()):
            yield pending
            pending = ""
        pending += " " if piece.isspace() else piece
    if pending:
        yield pending


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
