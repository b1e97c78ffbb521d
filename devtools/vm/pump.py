# SPDX-License-Identifier: BSD-3-Clause
"""One thread that reads every socket of a guest, always.

QEMU silently drops frames once the host leaves some thousands of them unread, and a serial port
that nobody reads stops the guest; so reading never waits for the test to ask.
"""

import os
import select
import selectors
import socket
import threading
import time

from .errors import VmError, VmTimeout

CHUNK = 65536
READS_PER_TURN = 4096  # then the other sockets get their turn


class Text:
    """Bytes received from a serial port, with a mark that `expect` moves forward."""

    def __init__(self):
        self.data = bytearray()
        self.mark = 0

    def feed(self, data):
        """Handler for Pump.add."""
        self.data += data

    def __str__(self):
        return self.data.decode(errors="replace")

    def tail(self, lines=1):
        """The last non-empty lines, for error messages."""
        kept = [line.strip() for line in str(self).splitlines() if line.strip()]
        return " / ".join(kept[-lines:])


class Pump(threading.Thread):
    """Reads sockets into handlers, and lets other threads wait for what has been read."""

    def __init__(self):
        super().__init__(name="vm-pump", daemon=True)
        self.selector = selectors.DefaultSelector()
        self.condition = threading.Condition()
        self.wake = os.eventfd(0, os.EFD_NONBLOCK)
        self.selector.register(self.wake, selectors.EVENT_READ)
        self.streams = 0  # stream sockets not yet at their end
        self.stopping = False
        self.failure = lambda: None  # set by Guest: why nothing more can come, or None

    def add(self, sock, handler):
        """Read this socket from now on (call before start)."""
        sock.setblocking(False)
        self.streams += sock.type == socket.SOCK_STREAM
        self.selector.register(sock, selectors.EVENT_READ, handler)

    def run(self):
        while not self.stopping:
            events = self.selector.select()
            with self.condition:
                self._read(events)
                # The guest reports the end of a program on one port after the last output on
                # another: a second look takes what came before it.
                self._read(self.selector.select(0))
                self.condition.notify_all()

    def _read(self, events):
        for key, _ in events:
            if key.data is not None:
                self._drain(key.fileobj, key.data)

    def _drain(self, sock, handler):
        for _ in range(READS_PER_TURN):
            try:
                data = sock.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.streams -= sock.type == socket.SOCK_STREAM
                self.selector.unregister(sock)
                return
            handler(data)

    def wait(self, predicate, timeout, what):
        """Wait until predicate() is true and return its value; `what` goes into the error."""
        deadline = time.monotonic() + timeout
        with self.condition:
            while True:
                why = self.failure() if self.streams == 0 else None
                value = predicate()
                if value:
                    return value
                if why:
                    raise VmError(f"{why} while waiting for {what}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise VmTimeout(f"time-out: {timeout:g} s passed waiting for {what}")
                self.condition.wait(min(left, 0.2))

    def stop(self):
        """Read what is left, then end the thread."""
        self.stopping = True
        os.eventfd_write(self.wake, 1)
        if self.is_alive():
            self.join()
        while [e for e in self.selector.select(0) if e[0].data is not None]:
            self._read(self.selector.select(0))
        self.selector.close()
        os.close(self.wake)


def send_some(sock, data, patience):
    """Send on a non-blocking socket; None if it stayed full for so many seconds."""
    while True:
        try:
            return sock.send(data)
        except BlockingIOError:
            poller = select.poll()
            poller.register(sock, select.POLLOUT)
            if not poller.poll(max(patience, 0) * 1000):
                return None
        except OSError as error:
            raise VmError(f"QEMU closed its end ({error.strerror})") from error


def send_all(sock, data, timeout, what):
    """Send all bytes on a stream socket, or fail naming what did not get through."""
    view = memoryview(data)
    deadline = time.monotonic() + timeout
    while view:
        sent = send_some(sock, view, deadline - time.monotonic())
        if sent is None:
            raise VmTimeout(f"time-out: the guest did not take {what} in {timeout:g} s")
        view = view[sent:]
