/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BARE_FRAMES_H_
#define _BARE_FRAMES_H_

/*
 * A capture through buffers of the size of mbufs, as many as two for each descriptor are, by loops that have no
 * driver: what anybody has to do who hands each frame up in a buffer of its own, and gets it back later.
 */

#include <stdint.h>

struct bare_frames;

/* The process ends with a message when there is no memory. */
struct bare_frames *bare_frames_open(uint32_t nb_buffers);
void bare_frames_close(struct bare_frames *frames);

/*
 * Copy a classic pcap file of this machine's byte order. It is read in pieces of 256 KB and walked. Each frame is
 * copied to a buffer, with one line of an mbuf in front of it written and the other one read, and from there
 * behind a new record header to what is written, 256 KB at a time. Returns TSC cycles, from after both files are
 * open until they are closed.
 */
uint64_t bare_frames_copy(struct bare_frames *frames, const char *in, const char *out);

/*
 * Walk such a file of less than 256 KB again and again, until nb_pkts frames have been copied to buffers as above.
 * It is read once, untimed. Returns TSC cycles.
 */
uint64_t bare_frames_replay(struct bare_frames *frames, const char *in, uint64_t nb_pkts);

#endif /* _BARE_FRAMES_H_ */
