/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_kvargs.h>

#include "dualbuf_compat.h"
#include "dualbuf_logs.h"
#include "gbe_devargs.h"

/* Those of this driver's arguments that every device takes. */
#define COMMON_NAME(name, values) #name,

static const char *const common_names[] = { DUALBUF_ARG_TABLE(COMMON_NAME) };

static int
parse_common(const char *name, const char *value, void *opaque)
{
	return dualbuf_args_parse(name, value, opaque);
}

static int
is_our_name(const char *name __rte_unused, const char *value, void *opaque)
{
	bool *chosen = opaque;

	*chosen |= value != NULL && strcmp(value, GBE_DRIVER_NAME) == 0;
	return 0;
}

static int
check_once(const struct rte_kvargs *kvargs, const char *name)
{
	if (rte_kvargs_count(kvargs, name) <= 1)
		return 0;
	DUALBUF_LOG(ERR, "%s: is given twice; only once is allowed", name);
	return -EINVAL;
}

static int
parse_once(const struct rte_kvargs *kvargs, const char *name, struct gbe_devargs *parsed)
{
	int ret = check_once(kvargs, name);

	if (ret == 0)
		ret = rte_kvargs_process_opt(kvargs, name, parse_common, &parsed->args);
	return ret;
}

/* The arguments of a device that was chosen for this driver must all be its own. */
static int
parse_all(const char *text, struct gbe_devargs *parsed)
{
	static const char *const names[] = { GBE_DRIVER_ARG, DUALBUF_ARG_TABLE(COMMON_NAME) NULL };
	struct rte_kvargs *kvargs = rte_kvargs_parse(text, names);
	unsigned int i;
	int ret;

	if (kvargs == NULL) {
		DUALBUF_LOG(ERR, "devargs \"%s\": allowed are " GBE_PARAM_STRING, text);
		return -EINVAL;
	}
	ret = check_once(kvargs, GBE_DRIVER_ARG);
	for (i = 0; i < RTE_DIM(common_names) && ret == 0; i++)
		ret = parse_once(kvargs, common_names[i], parsed);
	rte_kvargs_free(kvargs);
	return ret == 0 ? 0 : -EINVAL;
}

int
gbe_devargs_parse(const struct rte_devargs *devargs, struct gbe_devargs *parsed)
{
	const char *text = devargs == NULL || devargs->args == NULL ? "" : devargs->args;
	struct rte_kvargs *kvargs = rte_kvargs_parse(text, NULL);

	*parsed = (struct gbe_devargs){ .args = dualbuf_default_args };
	if (kvargs == NULL)
		return 0;
	rte_kvargs_process_opt(kvargs, GBE_DRIVER_ARG, is_our_name, &parsed->chosen);
	rte_kvargs_free(kvargs);
	return parsed->chosen ? parse_all(text, parsed) : 0;
}
