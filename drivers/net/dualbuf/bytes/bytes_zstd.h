/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_ZSTD_H_
#define _BYTES_ZSTD_H_

#include "bytes_decoder.h"
#include "bytes_encoder.h"

extern const struct bytes_decoder bytes_zstd_decoder;
extern const struct bytes_encoder bytes_zstd_encoder;

#endif /* _BYTES_ZSTD_H_ */
