/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_FWD_H_
#define _FWD_FWD_H_

/*
 * The whole program. main.c has the drawing.
 */

#include "threads.h"
#include "handler.h"
#include "options.h"
#include "port.h"
#include "protocol.h"
#include "worker.h"
#include "writer.h"

struct fwd {
	struct options options;
	struct port ports[PORT_MAX];
	uint16_t nb_ports;
	struct rte_mempool *pool; /* of all received packets, and of the copies of loans */
	struct handler handler;
	struct protocol protocol;
	struct worker workers[OPTIONS_MAX_THREADS];
	struct writer writer;
	struct threads_member protocol_thread;
	struct threads_member worker_threads[OPTIONS_MAX_THREADS];
	struct threads_member writer_thread;
};

#endif /* _FWD_FWD_H_ */
