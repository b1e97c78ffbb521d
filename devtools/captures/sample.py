# SPDX-License-Identifier: BSD-3-Clause
"""A realistic mix of packets."""

import random
import struct

from .frames import (ACK, ARP, FIN, ICMP, IP4, IP4_CLIENT, IP4_SERVER, IP6, IP6_CLIENT, IP6_SERVER,
                     MAC_ALL, MAC_CLIENT, MAC_SERVER, PSH, SYN, TCP, UDP, VLAN, checksum, ether,
                     ip4, ip6, mark, plain_frame, tcp, udp)

class Sample:
    """Two hosts and what they say to each other, as a capture on a quiet network would show it."""

    def __init__(self):
        self.random = random.Random(82574)
        self.packets = []

    def send(self, when, frame):
        """Note a frame; order is settled at the end."""
        self.packets.append((when, frame, len(frame)))

    def send4(self, when, out, proto, segment, tags=()):
        """IPv4 from the client when out, else from the server."""
        ips = (IP4_CLIENT, IP4_SERVER) if out else (IP4_SERVER, IP4_CLIENT)
        macs = (MAC_SERVER, MAC_CLIENT) if out else (MAC_CLIENT, MAC_SERVER)
        packet = ip4(*ips, proto, segment, len(self.packets))
        self.send(when, ether(*macs, IP4, packet, tags))

    def arp(self, when):
        """A question and its answer."""
        ask = struct.pack(">HHBBH", 1, IP4, 6, 4, 1) + MAC_CLIENT + IP4_CLIENT + bytes(6)
        reply = struct.pack(">HHBBH", 1, IP4, 6, 4, 2) + MAC_SERVER + IP4_SERVER
        self.send(when, ether(MAC_ALL, MAC_CLIENT, ARP, ask + IP4_SERVER))
        reply += MAC_CLIENT + IP4_CLIENT
        self.send(when + 90_000, ether(MAC_CLIENT, MAC_SERVER, ARP, reply))

    def dns(self, when, number):
        """A lookup of hostNNNN.example."""
        label = b"host%04d" % number
        question = b"\x08" + label + b"\x07example\0" + struct.pack(">HH", 1, 1)
        ask = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question
        answer = (struct.pack(">HHHHHH", number, 0x8180, 1, 1, 0, 0) + question +
                  struct.pack(">HHHIH", 0xC00C, 1, 1, 300, 4) + IP4_SERVER)
        port = 50000 + number
        self.send4(when, True, UDP, udp(IP4_CLIENT, IP4_SERVER, port, 53, ask))
        self.send4(when + 400_000, False, UDP, udp(IP4_SERVER, IP4_CLIENT, 53, port, answer))

    def ping(self, when, number):
        """An echo and its reply."""
        for out, kind in (True, 8), (False, 0):
            echo = struct.pack(">BBHHH", kind, 0, 0, 7, number) + bytes(range(56))
            echo = echo[:2] + struct.pack(">H", checksum(echo)) + echo[4:]
            self.send4(when, out, ICMP, echo)
            when += 250_000

    def download(self, when, port, segments, size=1460, tags=()):
        """A TCP connection: handshake, a request, data with an ACK for every second, and FIN."""
        client, server = port * 1000, port * 2000

        def say(out, flags, payload=b""):
            nonlocal client, server, when
            ips = (IP4_CLIENT, IP4_SERVER) if out else (IP4_SERVER, IP4_CLIENT)
            ports = (port, 80) if out else (80, port)
            numbers = (client, server) if out else (server, client)
            if not flags & ACK:
                numbers = (numbers[0], 0)
            self.send4(when, out, TCP, tcp(*ips, ports, numbers, flags, payload), tags)
            when += self.random.randrange(8_000, 60_000)
            moved = len(payload) + (1 if flags & (SYN | FIN) else 0)
            client, server = (client + moved, server) if out else (client, server + moved)

        say(True, SYN)
        say(False, SYN | ACK)
        say(True, ACK)
        say(True, PSH | ACK, b"GET /file HTTP/1.1\r\nHost: host0001.example\r\n\r\n")
        for number in range(segments):
            length = size if number < segments - 1 else self.random.randrange(1, size)
            say(False, ACK, mark(number) + self.random.randbytes(max(length - 4, 0)))
            if number % 2:
                say(True, ACK)
        say(False, FIN | ACK)
        say(True, FIN | ACK)
        say(False, ACK)

    def talk6(self, when, number):
        """A datagram and its answer over IPv6."""
        data = mark(number) + self.random.randbytes(self.random.randrange(8, 1200))
        there = udp(IP6_CLIENT, IP6_SERVER, 4433, 443, data)
        back = udp(IP6_SERVER, IP6_CLIENT, 443, 4433, data[:40])
        self.send(when, ether(MAC_SERVER, MAC_CLIENT, IP6,
                              ip6(IP6_CLIENT, IP6_SERVER, UDP, there)))
        self.send(when + 300_000, ether(MAC_CLIENT, MAC_SERVER, IP6,
                                        ip6(IP6_SERVER, IP6_CLIENT, UDP, back)))

    def build(self):
        """All of it, in order of time."""
        second = 10**9
        for number in range(40):
            self.arp(number * second // 4)
            self.dns(number * second // 4 + 1_000_000, number)
            self.ping(number * second // 4 + 3_000_000, number)
        for number in range(12):
            self.download(number * second // 2 + 7_000_000, 40001 + number, 50 + 4 * number)
        self.download(5_000_000, 41001, 120, tags=[(VLAN, 100)])
        self.download(2 * second, 41002, 20, size=8960)
        for number in range(120):
            self.talk6(number * second // 20 + 500_000, number)
        for number in range(24):
            self.send(number * second // 8 + 12_345, plain_frame(number, 14 + 2 * number))
        self.packets.sort(key=lambda packet: packet[0])
        return self.packets
