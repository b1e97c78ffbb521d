#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The distribution's dpdk-testpmd, unchanged, with the plugin; one case for each meson test."""

import os
import signal
import struct
import sys

import dpdk_run
from dpdk_run import (Testpmd, captures, check, check_repeats, check_same, packets_of, sample,
                      wait_until, whole_packets_of)

MAC_OF_PEER = bytes.fromhex("020000000000")  # as testpmd numbers the peers of ports


def one_port(source, sink, *options):
    """Devargs of a port that reads one file and writes another."""
    return ",".join(("net_dualbuf0", f"rx_pcap={source}", f"tx_pcap={sink}", *options))


def forward(folder, mode, *arguments):
    """Forward the sample in a mode until all is sent; returns in, out and the copies made."""
    out = os.path.join(folder, "out.pcap")
    wanted = packets_of(sample("sample"))
    with Testpmd([one_port(sample("sample"), out)], f"--forward-mode={mode}",
                 *arguments) as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(len(wanted))
        testpmd.tell("stop")
        copies = testpmd.xstat("rx_q0_copies")
        check(testpmd.xstat("rx_q0_nombuf") == 0, "packets were dropped")
        check(testpmd.stat("TX-errors") == 0, "packets were not sent")
        testpmd.quit()
    return wanted, packets_of(out), copies


def io_mode_forwards_every_packet_unchanged(folder):
    """The main job."""
    wanted, got, _ = forward(folder, "io")
    check_same(got, wanted, "io")


def mac_mode_changes_addresses_only(folder):
    """Which writes to the packets in their buffers."""
    wanted, got, _ = forward(folder, "mac")
    check_same([packet[12:] for packet in got], [packet[12:] for packet in wanted], "mac")
    check({packet[:6] for packet in got} == {MAC_OF_PEER}, "not the peer's address")
    check(len({packet[6:12] for packet in got}) == 1, "not one source address")


def noisy_mode_holds_packets_and_loses_none(folder):
    """
    Which starves the alternates, so that packets are copied; and it sends hundreds in a burst, more
    than the transmit ring has descriptors.
    """
    wanted, got, copies = forward(folder, "noisy", "--rxd=128", "--txd=256",
                                  "--noisy-tx-sw-buffer-size=1024",
                                  "--noisy-tx-sw-buffer-flushtime=50")
    check_same(got, wanted, "noisy")
    check(copies > 0, "nothing was copied, so nothing was held")


def tcp_capture(folder):
    """A file of two TCP connections, large segments one way and ACKs the other."""
    made = captures.Sample()
    made.download(0, 40001, 500)
    made.download(5_000, 40002, 250)
    path = os.path.join(folder, "tcp.pcap")
    captures.write_pcap(path, sorted(made.packets))
    return path


def streams_of(packets):
    """The bytes that TCP delivers of packets over IPv4 without options: for each pair of ports its bytes."""
    pieces = {}
    for packet in packets:
        end = 14 + struct.unpack_from(">H", packet, 16)[0]
        ports, sequence = struct.unpack_from(">II", packet, 34)
        pieces.setdefault(ports, []).append((sequence, packet[54:end]))
    return {ports: b"".join(data for _, data in sorted(some)) for ports, some in pieces.items()}


def forward_csum(folder, source, *commands):
    """Forward a file in csum mode, after some commands; returns what came out."""
    out = os.path.join(folder, "out.pcap")
    total = len(packets_of(source))
    with Testpmd([one_port(source, out)], "--forward-mode=csum") as testpmd:
        testpmd.ask("port stop 0", "Done")
        for command in commands:
            testpmd.tell(command)
        testpmd.ask("port start 0", "Done")
        testpmd.tell("start")
        check(wait_until(lambda: testpmd.stat("RX-packets") == total), "not all came")
        dropped = testpmd.ask("stop", r"TX-dropped: *(\d+)").group(1)
        check(dropped == "0", f"testpmd could not send {dropped} packets")
        check(testpmd.stat("TX-errors") == 0, "packets were not sent")
        testpmd.quit()
    return packets_of(out)


def csum_mode_sends_every_packet(folder):
    """With checksums in software, which is its default, and what it builds upon them."""
    wanted = packets_of(sample("sample"))
    for commands in (), ("csum parse-tunnel on 0",):
        got = forward_csum(folder, sample("sample"), *commands)
        check_same([packet[12:] for packet in got], [packet[12:] for packet in wanted], "csum")

    source = tcp_capture(folder)
    wanted = packets_of(source)
    merge = ("set port 0 gro on",)
    split = ("set port 0 gso on", "set gso segsz 600")
    for what, commands in ("gro", merge), ("gso", split), ("both", merge + split):
        got = forward_csum(folder, source, *commands)
        check(streams_of(got) == streams_of(wanted), f"{what}: not the same bytes")
        if split[0] in commands:
            longest = max(len(packet) for packet in got)
            check(longest <= 600, f"{what}: a frame of {longest} bytes")


def spoiled(packet):
    """A packet of UDP or TCP with a wrong checksum, and with a wrong one of its IPv4 header."""
    packet = bytearray(packet)
    at, proto = (34, packet[23]) if packet[12:14] == b"\x08\x00" else (54, packet[20])
    places = [at + (16 if proto == 6 else 6)] + ([24] if at == 34 else [])
    for place in places:
        packet[place:place + 2] = struct.pack(">H", struct.unpack_from(">H", packet, place)[0] ^ 0x1234)
    return bytes(packet)


def csum_mode_has_the_port_insert_checksums(folder):
    """Of packets whose checksums are all wrong come those that are right."""
    wanted = packets_of(sample("imix")) + packets_of(sample("ipv6"))
    wanted += packets_of(tcp_capture(folder))
    path = os.path.join(folder, "spoiled.pcap")
    captures.write_pcap(path, [(number * 1000, spoiled(packet), len(packet))
                               for number, packet in enumerate(wanted)])
    commands = [f"csum set {what} hw 0" for what in ("ip", "udp", "tcp")]
    got = forward_csum(folder, path, *commands)
    check_same([packet[12:] for packet in got], [packet[12:] for packet in wanted], "csum")
    spoilt = sum(one != other for one, other in zip(packets_of(path), wanted))
    check(spoilt == len(wanted), "not all were wrong")


def ports_in_a_pair_forward_to_each_other(folder):
    """One port writes all that the other reads."""
    files = [sample("sample"), sample("imix")]
    outs = [os.path.join(folder, name) for name in ("a.pcap", "b.pcap")]
    vdevs = [f"net_dualbuf{i},rx_pcap={files[i]},tx_pcap={outs[i]}" for i in range(2)]
    with Testpmd(vdevs, "--port-topology=paired") as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(len(packets_of(files[0])), port=1)
        testpmd.wait_until_sent(len(packets_of(files[1])), port=0)
        testpmd.tell("stop")
        testpmd.quit()
    check_same(packets_of(outs[0]), packets_of(files[1]), "port 0")
    check_same(packets_of(outs[1]), packets_of(files[0]), "port 1")


def stop_and_start_read_the_file_again(folder):
    """As net_pcap does: the file from its beginning, and a new output."""
    out = os.path.join(folder, "out.pcap")
    wanted = packets_of(sample("sample"))
    with Testpmd([one_port(sample("sample"), out)]) as testpmd:
        for rounds in range(1, 4):
            testpmd.tell("start")
            testpmd.wait_until_sent(rounds * len(wanted))
            testpmd.ask("stop", "Done")
            testpmd.ask("port stop 0", "Done")
            check_same(packets_of(out), wanted, f"round {rounds}")
            testpmd.ask("port start 0", "Done")
        testpmd.quit()


def forwarding_may_be_stopped_and_started_alone(folder):
    """Without the port: it goes on where it was."""
    out = os.path.join(folder, "out.pcap")
    wanted = packets_of(sample("imix"))
    with Testpmd([one_port(sample("imix"), out)]) as testpmd:
        for _ in range(3):
            testpmd.ask("start", "packet forwarding")
            testpmd.ask("stop", "Done")
        testpmd.tell("start")
        testpmd.wait_until_sent(len(wanted))
        testpmd.ask("stop", "Done")
        testpmd.quit()
    check_same(packets_of(out), wanted, "io")


def end_by_signal(folder, number):
    """Interrupt testpmd in the middle of endless forwarding."""
    out = os.path.join(folder, "out.pcap")
    source = packets_of(sample("uniform"))
    with Testpmd([one_port(sample("uniform"), out, "infinite_rx=1")]) as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(3 * len(source))
        testpmd.interrupt(number)
        testpmd.end()
        total = testpmd.wait_for(r"Accumulated forward statistics.*\n.*\n *TX-packets: (\d+)", 0)
    got = packets_of(out)
    check_repeats(got, source, "capture")
    check(len(got) == int(total.group(1)), f"{len(got)} packets, testpmd sent {total.group(1)}")


def sigint_leaves_a_complete_capture(folder):
    """Every packet that testpmd counted is there, whole."""
    end_by_signal(folder, signal.SIGINT)


def sigterm_leaves_a_complete_capture(folder):
    """The same."""
    end_by_signal(folder, signal.SIGTERM)


def kill_leaves_a_readable_capture_and_the_next_run_works(folder):
    """Nothing can be done on SIGKILL, but what was flushed before is there."""
    out = os.path.join(folder, "out.pcap")
    source = packets_of(sample("sample"))
    vdev = one_port(sample("sample"), out)
    with Testpmd([vdev]) as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(len(source))
        check(wait_until(lambda: len(whole_packets_of(out)) == len(source)), "no flush")
        testpmd.process.kill()
        testpmd.end()
    check_same(packets_of(out), source, "after an idle time")

    with Testpmd([vdev + ",infinite_rx=1"]) as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(3 * len(source))
        testpmd.process.kill()
        testpmd.end()
    got = whole_packets_of(out)
    check(got, "no packet is readable")
    check_repeats(got, source, "in the middle")

    with Testpmd([vdev]) as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(len(source))
        testpmd.quit()
    check_same(packets_of(out), source, "the next run")


def two_instances_run_at_once(folder):
    """On the same input, even."""
    outs = [os.path.join(folder, name) for name in ("a.pcap", "b.pcap")]
    wanted = packets_of(sample("sample"))
    with Testpmd([one_port(sample("sample"), outs[0])]) as one, \
            Testpmd([one_port(sample("sample"), outs[1])]) as other:
        one.tell("start")
        other.tell("start")
        one.wait_until_sent(len(wanted))
        other.wait_until_sent(len(wanted))
        one.quit()
        other.quit()
    for out in outs:
        check_same(packets_of(out), wanted, out)


def two_queues_forward_each_its_own_file(folder):
    """Each in a descriptor ring and a file of its own."""
    kinds = ("sample", "jumbo")
    outs = [os.path.join(folder, f"{kind}.out") for kind in kinds]
    vdev = ",".join(["net_dualbuf0"] + [f"rx_pcap={sample(kind)}" for kind in kinds] +
                    [f"tx_pcap={out}" for out in outs])
    total = sum(len(packets_of(sample(kind))) for kind in kinds)
    with Testpmd([vdev], "--rxq=2", "--txq=2") as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(total)
        testpmd.tell("stop")
        testpmd.quit()
    for kind, out in zip(kinds, outs):
        check_same(packets_of(out), packets_of(sample(kind)), kind)


def infinite_rx_goes_on_until_stop(folder):
    """With far fewer mbufs than packets, and on from there at the next start."""
    out = os.path.join(folder, "out.pcap")
    source = packets_of(sample("uniform"))
    with Testpmd([one_port(sample("uniform"), out, "infinite_rx=1")],
                 "--total-num-mbufs=3000") as testpmd:
        testpmd.tell("start")
        testpmd.wait_until_sent(20 * len(source))
        testpmd.ask("stop", "Done")
        sent = testpmd.stat("TX-packets")
        check(testpmd.stat("TX-packets") == sent, "packets were sent after stop")
        testpmd.tell("start")
        testpmd.wait_until_sent(sent + 20 * len(source))
        testpmd.ask("stop", "Done")
        sent = testpmd.stat("TX-packets")
        check(testpmd.xstat("rx_q0_nombuf") == 0, "packets were dropped")
        testpmd.quit()
    got = packets_of(out)
    check(len(got) == sent, f"{len(got)} packets, testpmd sent {sent}")
    check_repeats(got, source, "capture")


def receive_only_mode_counts_and_returns_everything(folder):
    """A consumer that frees each packet at once: all flips."""
    source = packets_of(sample("sample"))
    with Testpmd([f"net_dualbuf0,rx_pcap={sample('sample')}"],
                 "--forward-mode=rxonly") as testpmd:
        testpmd.tell("start")
        check(wait_until(lambda: testpmd.stat("RX-packets") == len(source)), "not all came")
        testpmd.tell("stop")
        check(testpmd.xstat("rx_q0_copies") == 0, "packets were copied")
        check(testpmd.xstat("rx_q0_home") == testpmd.xstat("rx_q0_bound"), "buffers are out")
        testpmd.quit()


def a_bad_file_ends_testpmd_with_the_reason(folder):
    """The line is in what the user sees."""
    with Testpmd([f"net_dualbuf0,rx_pcap={folder}/missing"]) as testpmd:
        testpmd.wait_for("net_dualbuf: capture file .*missing: No such file or directory", 0)


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "io": io_mode_forwards_every_packet_unchanged,
        "mac": mac_mode_changes_addresses_only,
        "csum": csum_mode_sends_every_packet,
        "csum-hw": csum_mode_has_the_port_insert_checksums,
        "noisy": noisy_mode_holds_packets_and_loses_none,
        "rxonly": receive_only_mode_counts_and_returns_everything,
        "pair": ports_in_a_pair_forward_to_each_other,
        "restart": stop_and_start_read_the_file_again,
        "pause": forwarding_may_be_stopped_and_started_alone,
        "sigint": sigint_leaves_a_complete_capture,
        "sigterm": sigterm_leaves_a_complete_capture,
        "sigkill": kill_leaves_a_readable_capture_and_the_next_run_works,
        "two-instances": two_instances_run_at_once,
        "two-queues": two_queues_forward_each_its_own_file,
        "infinite": infinite_rx_goes_on_until_stop,
        "bad-file": a_bad_file_ends_testpmd_with_the_reason,
    }))
