"""A server that speaks the chat completions of OpenAI, with scripted answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[dict[str, Any]], "str | Reply"]


@dataclass(frozen=True)
class Reply:
    """One answer: its status, what the model wrote or the whole body, headers, and seconds before it comes."""

    content: str = ""
    status: int = 200
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    usage: dict[str, Any] | None = field(default_factory=lambda: {"prompt_tokens": 120, "completion_tokens": 30})


@dataclass
class ChatServer:
    """What answers, and what was asked of it."""

    answer: Script
    models: tuple[str, ...] = ("small",)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def data(self) -> list[dict[str, Any]]:
        """The data of each question."""
        return [json.loads(body["messages"][1]["content"]) for body in self.bodies]

    @property
    def sent(self) -> str:
        """All that was sent, as one text."""
        return json.dumps(self.bodies, ensure_ascii=False)


@contextmanager
def chat_server(answer: Script) -> Iterator[ChatServer]:
    """Serve scripted answers on this machine."""
    chat = ChatServer(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server's name
            self._send(Reply(body=json.dumps({"object": "list", "data": [{"id": name} for name in chat.models]}).encode()))

        def do_POST(self) -> None:  # http.server's name
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.bodies.append(body)
            chat.keys.append(self.headers.get("Authorization") or "")
            reply = chat.answer(body)
            self._send(reply if isinstance(reply, Reply) else Reply(reply))

        def _send(self, reply: Reply) -> None:
            if reply.delay:
                chat.closed.wait(reply.delay)
            message = {"choices": [{"index": 0, "message": {"role": "assistant", "content": reply.content}}], "usage": reply.usage}
            content = json.dumps(message).encode() if reply.body is None else reply.body
            try:
                self.send_response(reply.status)
                for name, value in (*reply.headers, ("Content-Length", str(len(content)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # who asked has gone

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        chat.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield chat
        finally:
            chat.closed.set()
            server.shutdown()
            thread.join()
