"""HTTP/1.1 as phones speak it: a scan of a known code is answered where it is read, all else goes uvicorn's way.

To hand a request to another thread, which needs Python's lock, and its answer back costs more than all the rest of a
scan; so only what may have to wait goes there (qrplatform/threads.py).
"""

import asyncio
import logging
import resource
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from links import request_heads
from links.admission import Environ
from links.scan_headers import Beginning, location

logger = logging.getLogger(__name__)

# Longer and more than any browser's; nginx takes 32 KB.
MOST_HEAD_BYTES = 65_536
MOST_HEADERS = 200
# Nobody asks so much at once but to see what happens.
MOST_PIPELINED = 100
# Of one worker, where it may open so many files; some are kept for segments and databases.
MOST_CONNECTIONS = min(10_000, max(256, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 512))
# A connection on which no request has been read whole for so long is closed; one may live twice as long.
IDLE_SECONDS = 10.0
# A client that takes nothing of an answer for so long is not waited for.
UNREAD_SECONDS = 60.0
# A server that ends still takes for so long what is on its way over a connection that stands idle.
LAST_SECONDS = 0.5
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_beginning = Beginning()


class ScanProtocol(HttpToolsProtocol):
    """One per connection. The application's `destination_of`, where it has one, is asked in the server's own thread.

    It takes what links/request_heads.py reads, waits for nobody, and answers "" for the long way.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._destination_of: Callable[[Environ], str] | None = getattr(self.app, "destination_of", None)
        self._remote = ""
        # Of requests on the long way.
        self._in_message = self._in_head = False
        self._head_bytes = 0
        self._in_piece = 0  # so many of what came last
        self._is_skipped = False
        self._takes_more = True  # else what comes behind the last request is not looked at
        self._ends = False
        self._requests = self._requests_seen = 0
        self._look: asyncio.TimerHandle | None = None
        self._give_up: asyncio.TimerHandle | None = None

    @property
    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # --- The connection ------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._remote = self.client[0] if self.client else ""
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()
        self._look = self.loop.call_later(IDLE_SECONDS, self._look_whether_idle)

    def _make_room(self) -> None:
        """A phone that has just come goes before a connection that is kept open for nothing."""
        idle = (each for each in self.connections if isinstance(each, ScanProtocol) and each._can_go and each != self)
        next(idle, self).transport.abort()

    @property
    def _can_go(self) -> bool:
        busy = self._is_busy or self._in_message or self.transport.is_closing()
        return not busy and not self.transport.get_write_buffer_size()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._look, self._give_up):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def _look_whether_idle(self) -> None:
        """One timer for all that a connection may dawdle over: a timer for each request would be dearer than a scan."""
        if self._requests == self._requests_seen and not self._is_busy:
            self._close()
            return
        self._requests_seen = self._requests
        self._look = self.loop.call_later(IDLE_SECONDS, self._look_whether_idle)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._give_up is not None and not self.transport.is_closing():
            self._give_up.cancel()
            self._give_up = None

    def _wait_for_reader(self) -> None:
        """Not for ever: a closed connection stays until what was written has been taken, and whoever sends it, too."""
        if self._give_up is None:
            self._give_up = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        """The server ends. A phone that has just connected is answered still, and then has to connect anew."""
        self._ends = True
        self._destination_of = None
        if self._is_busy:
            super().shutdown()
        else:
            self.loop.call_later(LAST_SECONDS, self._close_unless_busy)

    def _close_unless_busy(self) -> None:
        if not self._is_busy:
            self._close()

    def _close(self) -> None:
        """What was written leaves still, if anybody takes it."""
        self._takes_more = False
        self._destination_of = None
        self.transport.close()
        self._wait_for_reader()

    def data_received(self, data: bytes) -> None:
        is_free = not self._in_message and not self._is_busy and not self.flow.write_paused
        if is_free and self._destination_of is not None and self._answer(data, self._destination_of):
            self._requests += 1
            return
        self._in_piece = 0
        super().data_received(data)
        if self._in_head:
            # The piece in which a head begins may hold a hundred others before it, and is not counted.
            self._head_bytes += len(data) if self._head_bytes else 1
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse_head()

    # --- The short way -------------------------------------------------------------------------

    def _answer(self, data: bytes, destination_of: Callable[[Environ], str]) -> bool:
        """Lead a scan to its destination, if its code is known."""
        scan = request_heads.read(data, self._remote)
        if scan is None:
            return False
        try:
            destination = destination_of(scan)
        except Exception:
            logger.exception("A scan could not be answered the short way")
            return False
        if not destination:
            return False
        begins = _beginning.of(self.server_state.default_headers)
        if "HTTP_CONNECTION" in scan:
            self.transport.write(f"{begins}{location(destination)}\r\nconnection: close\r\n\r\n".encode())
            self._close()
        else:
            self.transport.write(f"{begins}{location(destination)}\r\n\r\n".encode())
        return True

    # --- The long way --------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_message = self._in_head = True
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        # No trailer of a chunked body passes for a header. An underscore would be taken for a dash: X_Forwarded_For is
        # nobody's to send.
        if self._in_head and b"_" not in name:
            super().on_header(name, value.rstrip())

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._requests += 1
        self._in_piece += 1
        self._is_skipped = not self._takes_more
        if self._is_skipped:
            return
        if len(self.headers) > MOST_HEADERS:
            self._is_skipped = True
            self._refuse_head()
            return
        super().on_headers_complete()
        # llhttp takes what comes behind an Upgrade for a request, even if it is this one's body.
        if self._ends or self._in_piece > MOST_PIPELINED or self.parser.should_upgrade():
            self._stop()

    def _refuse_head(self) -> None:
        self.transport.write(TOO_LARGE)
        self._close()

    def _stop(self) -> None:
        """Take no request behind this one: answer what came, and close."""
        self._takes_more = False
        self._destination_of = None
        self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        if not self._is_skipped:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_message = False
        if not self._is_skipped:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self._requests += 1
        super().on_response_complete()
        # uvicorn's own timer knows nothing of scans that come the short way: it would close under them.
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            self._wait_for_reader()
