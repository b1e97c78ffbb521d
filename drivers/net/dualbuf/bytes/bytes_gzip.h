/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_GZIP_H_
#define _BYTES_GZIP_H_

#include "bytes_decoder.h"

extern const struct bytes_decoder bytes_gzip_decoder;

#endif /* _BYTES_GZIP_H_ */
