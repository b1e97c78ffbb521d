# SPDX-License-Identifier: BSD-3-Clause
"""QEMU's machine protocol: commands to the emulator itself, and its events."""

import json

from .errors import VmError
from .pump import send_all

REPLY_TIMEOUT = 20.0  # seconds; QEMU answers at once unless the host is overloaded


class Qmp:
    """One QMP connection. Ids of devices: NICs are nic0, nic1, ..., their networks n0, n1, ..."""

    def __init__(self, sock, pump):
        self.sock = sock
        self.pump = pump
        self.partial = b""
        self.replies = []
        self.events = []
        pump.add(sock, self._feed)

    def _feed(self, data):
        *lines, self.partial = (self.partial + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "event" in message:
                self.events.append(message)
            elif "QMP" not in message:
                self.replies.append(message)

    def connect(self):
        """Leave negotiation mode; commands are accepted afterwards."""
        self.command("qmp_capabilities")

    def command(self, name, /, **arguments):
        """Run one command and return its result; underscores stand for the dashes in names."""
        request = {"execute": name}
        if arguments:
            request["arguments"] = {key.replace("_", "-"): value
                                    for key, value in arguments.items()}
        send_all(self.sock, json.dumps(request).encode() + b"\n", REPLY_TIMEOUT, f"QMP {name}")
        self.pump.wait(lambda: self.replies, REPLY_TIMEOUT, f"the reply to QMP {name}")
        reply = self.replies.pop(0)
        if "error" in reply:
            raise VmError(f"QMP {name}: {reply['error']['desc']}")
        return reply["return"]

    def event(self, name, /, timeout=20.0, **data):
        """Wait for an event (with these values in its data), remove and return it."""
        def find():
            for number, event in enumerate(self.events):
                values = event.get("data", {})
                if event["event"] == name and all(values.get(k) == v for k, v in data.items()):
                    return self.events.pop(number)
            return None
        return self.pump.wait(find, timeout, f"QMP event {name}")
