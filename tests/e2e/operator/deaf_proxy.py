"""A TCP proxy whose open connections can go deaf: nothing is closed, and nothing comes through any more."""

import contextlib
import selectors
import socket
import threading


class DeafProxy:
    """Forwards bytes between clients and one server; use it as a context manager."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._deaf: set[int] = set()
        self._end = threading.Event()

    def __enter__(self) -> "DeafProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._listener.close()
        for one in [each for pair in self._pairs for each in pair]:
            one.close()

    def deafen(self) -> int:
        """Let nothing more through the connections that are open now; how many they are."""
        self._deaf |= {id(client) for client, _ in self._pairs}
        return len(self._deaf)

    def _accept(self) -> None:
        while not self._end.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._pairs.append((client, server))
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as waiting, contextlib.suppress(OSError, ValueError):
            waiting.register(client, selectors.EVENT_READ, server)
            waiting.register(server, selectors.EVENT_READ, client)
            while not self._end.is_set():
                for key, _ in waiting.select(timeout=0.2):
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        client.close()
                        server.close()
                        return
                    if id(client) not in self._deaf:
                        key.data.sendall(data)
