/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/membarrier.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <rte_common.h>

#include "dualbuf_logs.h"
#include "xdp_program.h"

/* How the kernel's tools show what is attached. */
#define PROGRAM_NAME "dualbuf"

struct xdp_program {
	struct xdp_program *next;
	uint32_t nb_users;
	int ifindex;
	char iface[IF_NAMESIZE];
	char path[PATH_MAX]; /* empty: the driver's own */
	enum xdp_mode mode; /* where it runs */
	struct bpf_object *object; /* of a program of the user's own */
	int map_fd;
	int prog_fd;
	int link_fd;
};

static struct xdp_program *programs;
static pthread_mutex_t programs_lock = PTHREAD_MUTEX_INITIALIZER;

/* redirect to the socket of the queue that it came by; where there is none, pass */
static int
program_load_ours(struct xdp_program *program)
{
	const int map_fd = bpf_map_create(BPF_MAP_TYPE_XSKMAP, PROGRAM_NAME, sizeof(uint32_t),
			sizeof(int), XDP_PROGRAM_QUEUES, NULL);
	const struct bpf_insn code[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W,
				.dst_reg = BPF_REG_2,
				.src_reg = BPF_REG_1,
				.off = offsetof(struct xdp_md, rx_queue_index) },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
				.dst_reg = BPF_REG_1,
				.src_reg = BPF_PSEUDO_MAP_FD,
				.imm = map_fd },
		{ 0 }, /* the upper half of the instruction before */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	if (map_fd < 0)
		return -errno;
	program->map_fd = map_fd;
	program->prog_fd = bpf_prog_load(
			BPF_PROG_TYPE_XDP, PROGRAM_NAME, "Dual BSD/GPL", code, RTE_DIM(code), NULL);
	return program->prog_fd < 0 ? -errno : 0;
}

static int
program_load_file(struct xdp_program *program)
{
	struct bpf_program *found;
	struct bpf_map *map;
	int ret;

	program->object = bpf_object__open_file(program->path, NULL);
	if (program->object == NULL)
		return -errno;
	found = bpf_object__next_program(program->object, NULL);
	map = bpf_object__find_map_by_name(program->object, XDP_PROGRAM_MAP);
	if (found == NULL || map == NULL || bpf_map__type(map) != BPF_MAP_TYPE_XSKMAP)
		return -ENOEXEC;
	bpf_program__set_type(found, BPF_PROG_TYPE_XDP);
	ret = bpf_object__load(program->object);
	if (ret != 0)
		return ret;
	program->map_fd = bpf_map__fd(map);
	program->prog_fd = bpf_program__fd(found);
	return 0;
}

static int
program_load(struct xdp_program *program)
{
	bool ours = program->path[0] == '\0';
	int ret = ours ? program_load_ours(program) : program_load_file(program);

	if (ret == -EPERM)
		DUALBUF_LOG(ERR,
				"interface %s: no permission to load an XDP program; needs "
				"CAP_BPF and CAP_NET_ADMIN",
				program->iface);
	else if (ret == -ENOEXEC)
		DUALBUF_LOG(ERR,
				"xdp_prog=%s: an XDP program and a map of sockets "
				"(BPF_MAP_TYPE_XSKMAP) of the name " XDP_PROGRAM_MAP
				" are required; it has not both",
				program->path);
	else if (ret != 0)
		DUALBUF_LOG(ERR, "interface %s: cannot load %s: %s", program->iface,
				ours ? "the XDP program" : program->path, strerror(-ret));
	return ret;
}

/* The name of the program that is attached to the interface. */
static uint32_t
program_find_other(const struct xdp_program *program, struct bpf_prog_info *info)
{
	uint32_t id = 0, len = sizeof(*info);
	int fd;

	memset(info, 0, sizeof(*info));
	if (bpf_xdp_query_id(program->ifindex, 0, &id) != 0 || id == 0)
		return 0;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return id;
	if (bpf_obj_get_info_by_fd(fd, info, &len) != 0)
		info->name[0] = '\0';
	close(fd);
	return id;
}

static int
program_attach_failed(const struct xdp_program *program, int error)
{
	struct bpf_prog_info other;
	uint32_t id;

	switch (error) {
	case EBUSY:
	case EEXIST:
		id = program_find_other(program, &other);
		DUALBUF_LOG(ERR,
				"interface %s: has an XDP program already, \"%s\" (ID %u); none "
				"is allowed: see bpftool net, and ip link set dev %s xdp off",
				program->iface, other.name, id, program->iface);
		return -EBUSY;
	case EOPNOTSUPP:
		DUALBUF_LOG(ERR, "interface %s: its driver has no XDP; xdp_mode=skb is possible",
				program->iface);
		break;
	case EINVAL:
	case ERANGE:
		DUALBUF_LOG(ERR,
				"interface %s: does not take an XDP program in %s mode (%s); often "
				"its MTU is too large for that",
				program->iface, xdp_program_mode_name(program), strerror(error));
		break;
	default:
		DUALBUF_LOG(ERR, "interface %s: cannot attach an XDP program: %s", program->iface,
				strerror(error));
	}
	return -error;
}

static int
program_link_as(struct xdp_program *program, enum xdp_mode mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
			.flags = mode == XDP_MODE_SKB ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);

	program->mode = mode;
	program->link_fd = bpf_link_create(program->prog_fd, program->ifindex, BPF_XDP, &opts);
	return program->link_fd < 0 ? -errno : 0;
}

static int
program_link(struct xdp_program *program, enum xdp_mode wanted)
{
	int ret = program_link_as(program, wanted == XDP_MODE_SKB ? XDP_MODE_SKB : XDP_MODE_NATIVE);

	if (wanted == XDP_MODE_AUTO && ret != 0 && ret != -EBUSY && ret != -EEXIST)
		ret = program_link_as(program, XDP_MODE_SKB);
	return ret == 0 ? 0 : program_attach_failed(program, -ret);
}

static void
program_free(struct xdp_program *program)
{
	if (program->link_fd >= 0)
		close(program->link_fd);
	if (program->object != NULL) {
		bpf_object__close(program->object);
	} else {
		if (program->prog_fd >= 0)
			close(program->prog_fd);
		if (program->map_fd >= 0)
			close(program->map_fd);
	}
	free(program);
}

static struct xdp_program *
program_alloc(const char *iface, int ifindex, const char *path)
{
	struct xdp_program *program = calloc(1, sizeof(*program));

	if (program == NULL)
		return NULL;
	program->ifindex = ifindex;
	program->nb_users = 1;
	program->map_fd = program->prog_fd = program->link_fd = -1;
	snprintf(program->iface, sizeof(program->iface), "%s", iface);
	snprintf(program->path, sizeof(program->path), "%s", path == NULL ? "" : path);
	return program;
}

static int
program_make(const char *iface, int ifindex, enum xdp_mode mode, const char *path,
		struct xdp_program **made)
{
	struct xdp_program *program = program_alloc(iface, ifindex, path);
	int ret;

	if (program == NULL)
		return -ENOMEM;
	ret = program_load(program);
	if (ret == 0)
		ret = program_link(program, mode);
	if (ret != 0)
		program_free(program);
	else
		*made = program;
	return ret;
}

/* One more user of a program that is attached. */
static int
program_join(struct xdp_program *program, enum xdp_mode mode, const char *path)
{
	if ((mode != XDP_MODE_AUTO && mode != program->mode) ||
			strcmp(program->path, path == NULL ? "" : path) != 0) {
		DUALBUF_LOG(ERR,
				"interface %s: another port of this process uses it in %s mode with "
				"%s; the same is required of all",
				program->iface, xdp_program_mode_name(program),
				program->path[0] == '\0' ? "the driver's XDP program" :
							   program->path);
		return -EBUSY;
	}
	program->nb_users++;
	return 0;
}

int
xdp_program_attach(const char *iface, enum xdp_mode mode, const char *path,
		struct xdp_program **program)
{
	int ifindex = if_nametoindex(iface), ret;
	struct xdp_program *found;

	if (ifindex == 0) {
		DUALBUF_LOG(ERR, "interface %s: no such interface", iface);
		return -ENODEV;
	}
	pthread_mutex_lock(&programs_lock);
	for (found = programs; found != NULL && found->ifindex != ifindex; found = found->next)
		;
	if (found != NULL) {
		ret = program_join(found, mode, path);
	} else {
		ret = program_make(iface, ifindex, mode, path, &found);
		if (ret == 0) {
			found->next = programs;
			programs = found;
		}
	}
	pthread_mutex_unlock(&programs_lock);
	if (ret == 0)
		*program = found;
	return ret;
}

/* Returns a negative errno for a file that is no map of sockets. */
static int
program_open_map(struct xdp_program *program)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	program->map_fd = bpf_obj_get(program->path);
	if (program->map_fd < 0)
		return -errno;
	if (bpf_obj_get_info_by_fd(program->map_fd, &info, &len) != 0)
		return -errno;
	return info.type == BPF_MAP_TYPE_XSKMAP ? 0 : -EINVAL;
}

int
xdp_program_use_map(const char *iface, const char *path, struct xdp_program **made)
{
	struct xdp_program *program = program_alloc(iface, 0, path);
	int ret;

	if (program == NULL)
		return -ENOMEM;
	program->mode = XDP_MODE_OTHERS;
	ret = program_open_map(program);
	if (ret != 0) {
		DUALBUF_LOG(ERR,
				"dp_path=%s: %s; a map of sockets (BPF_MAP_TYPE_XSKMAP) is required "
				"that is pinned there",
				path, strerror(-ret));
		program_free(program);
		return ret;
	}
	*made = program;
	return 0;
}

/* One whose map alone is used is not in the list. */
void
xdp_program_detach(struct xdp_program *program)
{
	struct xdp_program **at = &programs;

	pthread_mutex_lock(&programs_lock);
	if (--program->nb_users == 0) {
		while (*at != NULL && *at != program)
			at = &(*at)->next;
		if (*at == program)
			*at = program->next;
		program_free(program);
	}
	pthread_mutex_unlock(&programs_lock);
}

int
xdp_program_give(struct xdp_program *program, uint32_t queue, int socket)
{
	if (bpf_map_update_elem(program->map_fd, &queue, &socket, BPF_ANY) == 0)
		return 0;
	DUALBUF_LOG(ERR, "interface %s: its XDP program takes no socket for queue %u: %s",
			program->iface, queue, strerror(errno));
	return -errno;
}

/*
 * The kernel may have taken it out itself, as it does when a socket is closed. Who looked it up before may still
 * be on the way to the socket, in a softirq: the second call returns when all of those are at their end.
 */
void
xdp_program_take(struct xdp_program *program, uint32_t queue)
{
	bpf_map_delete_elem(program->map_fd, &queue);
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

const char *
xdp_program_mode_name(const struct xdp_program *program)
{
	static const char *const names[] = {
		[XDP_MODE_NATIVE] = "native",
		[XDP_MODE_SKB] = "skb",
		[XDP_MODE_OTHERS] = "somebody else's",
	};

	return names[program->mode];
}
