"""Store whole files by name beside the lake's tables, in a folder or on S3."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sluice.domain import Message
from sluice.store.lake_errors import lake_errors

_CHUNK = 2**23  # bytes


class Blobs:
    """Write and read whole files under one root.

    Attributes:
        options: S3's settings, under the names of the environment (AWS_*).
    """

    def __init__(self, root: str, options: Mapping[str, str]) -> None:
        """Open nothing yet.

        Args:
            root: A folder, or an `s3://` address.
            options: S3's settings, under the names of the environment (AWS_*).
        """
        self._root = root
        self.options = options

    def address(self, name: str) -> str:
        """Return the path or address of a file."""
        return f"{self._root}/{name}"

    def put(self, name: str, content: bytes) -> None:
        """Write a file; in a folder it is there whole, or not at all."""
        with lake_errors(Message.of("stored_file", file=name)):
            if "://" in self._root:
                filesystem, key = self._s3(name)
                with filesystem.open_output_stream(key) as stream:
                    stream.write(content)
                return
            path = Path(self._root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)

    def put_file(self, name: str, path: Path) -> None:
        """Write a local file to S3."""
        with lake_errors(Message.of("stored_file", file=name)), path.open("rb") as source:
            filesystem, key = self._s3(name)
            with filesystem.open_output_stream(key) as stream:
                shutil.copyfileobj(source, stream, _CHUNK)

    def size(self, name: str) -> int | None:
        """Return the size of a file in bytes; None where it is not there."""
        with lake_errors(Message.of("stored_file", file=name)):
            if "://" not in self._root:
                path = Path(self._root, name)
                return path.stat().st_size if path.is_file() else None
            filesystem, key = self._s3(name)
            info = filesystem.get_file_info(key)
            return info.size if info.is_file else None

    def get(self, name: str) -> bytes:
        """Read a file.

        Raises:
            StoreError: It is not there.
        """
        with lake_errors(Message.of("stored_file", file=name)):
            if "://" not in self._root:
                return Path(self._root, name).read_bytes()
            filesystem, key = self._s3(name)
            with filesystem.open_input_file(key) as stream:
                return bytes(stream.read())

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""
        with lake_errors(Message.of("stored_file", file=name)):
            if "://" not in self._root:
                Path(self._root, name).unlink(missing_ok=True)
                return
            filesystem, key = self._s3(name)
            if filesystem.get_file_info(key).is_file:
                filesystem.delete_file(key)

    def clear(self, folder: str, *, dry_run: bool = False) -> int:
        """Delete all files below a folder, and return their number; a dry run counts alone."""
        names = self.names(folder)
        for name in names if not dry_run else ():
            self.delete(name)
        return len(names)

    def written(self, folder: str = "") -> list[tuple[str, int, float]]:
        """List the files below a folder, each with its size in bytes and when it was written, in seconds since 1970."""
        with lake_errors(Message.of("stored_folder", folder=folder or self._root)):
            if "://" not in self._root:
                stats = ((name, Path(self._root, name).stat()) for name in self.names(folder))
                return [(name, stat.st_size, stat.st_mtime) for name, stat in stats]
            filesystem, key = self._s3(folder)
            start = len(self._root.removeprefix("s3://")) + 1
            entries = (entry for entry in filesystem.get_file_info(_selector(key.rstrip("/"))) if entry.is_file)
            return [(entry.path[start:], entry.size, entry.mtime.timestamp()) for entry in entries]

    def names(self, folder: str = "") -> list[str]:
        """List the files below a folder, by their names as `get` takes them; none where there is no folder."""
        with lake_errors(Message.of("stored_folder", folder=folder or self._root)):
            if "://" not in self._root:
                files = (path for path in sorted(Path(self._root, folder).rglob("*")) if path.is_file())
                return [path.relative_to(self._root).as_posix() for path in files]
            filesystem, key = self._s3(folder)
            selector = _selector(key.rstrip("/"))
            start = len(self._root.removeprefix("s3://")) + 1
            return sorted(entry.path[start:] for entry in filesystem.get_file_info(selector) if entry.is_file)

    def _s3(self, name: str) -> tuple[Any, str]:
        from pyarrow import fs  # type: ignore[import-untyped]  # it carries no types

        endpoint = self.options.get("AWS_ENDPOINT_URL", self.options.get("AWS_ENDPOINT"))
        settings = {
            "access_key": self.options.get("AWS_ACCESS_KEY_ID"),
            "secret_key": self.options.get("AWS_SECRET_ACCESS_KEY"),
            "session_token": self.options.get("AWS_SESSION_TOKEN"),
            "region": self.options.get("AWS_REGION", self.options.get("AWS_DEFAULT_REGION")),
            "endpoint_override": endpoint,
        }
        configured = {key: value for key, value in settings.items() if value}
        return fs.S3FileSystem(**configured), f"{self._root.removeprefix('s3://')}/{name}"


def _selector(folder: str) -> Any:  # noqa: ANN401  # pyarrow carries no types
    from pyarrow import fs

    return fs.FileSelector(folder, allow_not_found=True, recursive=True)
