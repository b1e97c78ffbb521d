/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <dirent.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>

#include "xdp_owner.h"

/* The queue that is looked for, and the inode of the socket that has it; 0: none was found. */
struct owner_search {
	uint32_t ifindex;
	uint32_t queue;
	uint32_t inode;
};

/* A socket of the kernel's list: is it the one? */
static void
search_look_at(struct owner_search *search, struct nlmsghdr *message)
{
	struct xdp_diag_msg *found = NLMSG_DATA(message);
	int left = message->nlmsg_len - NLMSG_LENGTH(sizeof(*found));
	struct rtattr *attr = (struct rtattr *)(found + 1);
	struct xdp_diag_info info;

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (attr->rta_type != XDP_DIAG_INFO || RTA_PAYLOAD(attr) < sizeof(info))
			continue;
		memcpy(&info, RTA_DATA(attr), sizeof(info));
		if (info.ifindex == search->ifindex && info.queue_id == search->queue)
			search->inode = found->xdiag_ino;
	}
}

/* Look through one answer. Returns false at the list's end. */
static bool
search_answer(struct owner_search *search, int fd)
{
	union {
		struct nlmsghdr header;
		char bytes[16384];
	} answer;
	ssize_t len = recv(fd, &answer, sizeof(answer), 0);
	struct nlmsghdr *message = &answer.header;

	for (; len > 0 && NLMSG_OK(message, (size_t)len); message = NLMSG_NEXT(message, len)) {
		if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
			return false;
		search_look_at(search, message);
	}
	return len == 0;
}

static void
search_sockets(struct owner_search *search)
{
	const struct {
		struct nlmsghdr header;
		struct xdp_diag_req request;
	} question = {
		.header = {
			.nlmsg_len = sizeof(question),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.request = { .sdiag_family = AF_XDP, .xdiag_show = XDP_SHOW_INFO },
	};
	const struct timeval patience = { .tv_sec = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &question, sizeof(question), 0) == sizeof(question))
		while (search->inode == 0 && search_answer(search, fd))
			;
	close(fd);
}

/* Is a process's file this socket; or, if none is given, any of AF_XDP? */
static bool
file_is(const char *file, const char *wanted)
{
	char text[64];
	ssize_t len;

	if (wanted[0] == '\0')
		len = getxattr(file, "system.sockprotoname", text, sizeof(text) - 1);
	else
		len = readlink(file, text, sizeof(text) - 1);
	text[len < 0 ? 0 : len] = '\0';
	return strcmp(text, wanted[0] == '\0' ? "XDP" : wanted) == 0;
}

static bool
process_has(const char *pid, const char *wanted)
{
	char path[64], file[PATH_MAX];
	struct dirent *entry;
	bool has = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	dir = opendir(path);
	while (dir != NULL && !has && (entry = readdir(dir)) != NULL) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		has = file_is(file, wanted);
	}
	if (dir != NULL)
		closedir(dir);
	return has;
}

/* Does a process see the same interfaces? */
static bool
process_is_near(const char *pid)
{
	char path[64], here[64] = "", there[64] = "";

	snprintf(path, sizeof(path), "/proc/%.16s/ns/net", pid);
	return readlink("/proc/thread-self/ns/net", here, sizeof(here) - 1) > 0 &&
			readlink(path, there, sizeof(there) - 1) > 0 && strcmp(here, there) == 0;
}

static void
process_name(const char *pid, char *text, size_t size)
{
	char path[64], command[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	file = fopen(path, "re");
	if (file != NULL) {
		if (fgets(command, sizeof(command), file) != NULL)
			command[strcspn(command, "\n")] = '\0';
		fclose(file);
	}
	if (strtol(pid, NULL, 10) == getpid())
		snprintf(text, size, "this process");
	else
		snprintf(text, size, "process %.16s (%s)", pid, command);
}

/* Returns false when no process that can be looked at has the socket; inode 0: any of AF_XDP. */
static bool
search_processes(uint32_t inode, char *text, size_t size)
{
	struct dirent *entry;
	char wanted[64] = "";
	bool found = false;
	DIR *dir = opendir("/proc");

	if (inode != 0)
		snprintf(wanted, sizeof(wanted), "socket:[%u]", inode);
	while (dir != NULL && !found && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
				(inode == 0 && !process_is_near(entry->d_name)))
			continue;
		found = process_has(entry->d_name, wanted);
		if (found)
			process_name(entry->d_name, text, size);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* Kernels without CONFIG_XDP_SOCKETS_DIAG do not tell whose the socket is: who has any is a guess then. */
void
xdp_owner_name(const char *iface, uint32_t queue, char *text, size_t size)
{
	struct owner_search search = { .ifindex = if_nametoindex(iface), .queue = queue };
	char name[64];

	search_sockets(&search);
	if (!search_processes(search.inode, name, sizeof(name)))
		snprintf(text, size, "a process that cannot be seen from here");
	else
		snprintf(text, size, "%s%s", search.inode == 0 ? "probably " : "", name);
}
