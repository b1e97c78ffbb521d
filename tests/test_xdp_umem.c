/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The range that a mempool's memory takes: each frame of each mbuf has its chunk in it. */

#include "dualbuf_test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "xdp_ethdev.h"
#include "dualbuf_device.h"
#include "xdp_umem.h"

static struct log_capture logged;

static int
set_up(void **state)
{
	(void)state;
	log_capture_begin(&logged);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	log_capture_end(&logged);
	return 0;
}

struct look {
	struct xdp_area area;
	uint32_t frame_size;
	uint32_t nb;
};

/* The chunk of an mbuf begins and ends within the area, as the kernel sees it. */
static void
look_at(struct rte_mempool *mp, void *opaque, void *obj, unsigned int i)
{
	struct look *look = opaque;
	struct rte_mbuf *m = obj;
	uintptr_t data = (uintptr_t)m->buf_addr + RTE_PKTMBUF_HEADROOM;
	uint64_t start = xdp_area_chunk_for(&look->area, data);

	(void)mp;
	(void)i;
	assert_true(xdp_area_has(&look->area, start, look->area.chunk));
	assert_int_equal(look->area.base + start + XDP_AREA_LEAD, data);
	/* the frame ends before the buffer does */
	assert_true(XDP_AREA_LEAD + look->frame_size <= look->area.chunk);
	assert_true(data + look->frame_size <= (uintptr_t)m->buf_addr + m->buf_len);
	/* the upper 16 bits are free for an offset */
	assert_int_equal(xdp_area_start(start), start);
	assert_int_equal(xdp_area_start(xdp_area_addr(start, 0xffff)), start);
	assert_int_equal(xdp_area_offset(xdp_area_addr(start, 0xffff)), 0xffff);
	look->nb++;
}

static void
assert_has_all(struct rte_mempool *mp, uint32_t frame_size)
{
	struct look look = { .frame_size = frame_size };
	uint64_t page = sysconf(_SC_PAGESIZE);

	assert_int_equal(xdp_umem_area(mp, frame_size, &look.area), 0);
	assert_nothing_logged(&logged);
	assert_int_equal(look.area.chunk, XDP_AREA_LEAD + frame_size);
	assert_int_equal(look.area.base % page, 0);
	assert_int_equal(look.area.size % page, 0);
	rte_mempool_obj_iter(mp, look_at, &look);
	assert_int_equal(look.nb, mp->populated_size);
}

static void
every_mbuf_has_its_chunk_whatever_is_private(void **state)
{
	static const uint16_t privates[] = { 0, 8, 64, 128, 256, 1024, 4096 };
	struct rte_mempool *mp;
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(privates); i++) {
		mp = rte_pktmbuf_pool_create("umem", 255, 0, privates[i], RTE_MBUF_DEFAULT_BUF_SIZE,
				SOCKET_ID_ANY);
		assert_non_null(mp);
		assert_has_all(mp, 2048);
		rte_mempool_free(mp);
	}
}

static void
frames_may_have_any_length_that_chunks_have_room_for(void **state)
{
	static const uint32_t sizes[] = { XDP_AREA_MIN_FRAME, 1800, 2000, 2048, 3000,
		XDP_AREA_MAX_FRAME };
	struct rte_mempool *mp;
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(sizes); i++) {
		mp = rte_pktmbuf_pool_create(
				"umem", 63, 0, 0, sizes[i] + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
		assert_non_null(mp);
		assert_has_all(mp, sizes[i]);
		rte_mempool_free(mp);
	}
}

/* The kernel takes chunks of 2048 to 4096 bytes, lead and frame. */
static void
data_rooms_that_are_too_small_or_too_large_are_bounded(void **state)
{
	(void)state;
	assert_int_equal(xdp_device.rx_buf_size(0), 0);
	assert_int_equal(xdp_device.rx_buf_size(1791), 0);
	assert_int_equal(xdp_device.rx_buf_size(1792), 1792);
	assert_int_equal(xdp_device.rx_buf_size(2048), 2048);
	assert_int_equal(xdp_device.rx_buf_size(3840), 3840);
	assert_int_equal(xdp_device.rx_buf_size(3841), 3840);
	assert_int_equal(xdp_device.rx_buf_size(65535), 3840);
}

/* A pool whose memory is in several pieces, which is one range, gaps and all. */
static void
pieces_of_memory_make_one_range(void **state)
{
	const size_t piece = 256 << 10, nb = 3;
	struct rte_mempool *mp;
	struct xdp_area area;
	char *memory;
	size_t i;

	(void)state;
	memory = mmap(NULL, 2 * nb * piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	mp = rte_mempool_create_empty("pieces", 300, 2432, 0,
			sizeof(struct rte_pktmbuf_pool_private), SOCKET_ID_ANY, 0);
	assert_non_null(mp);
	rte_pktmbuf_pool_init(mp, NULL);
	for (i = nb; i-- > 0;)
		assert_true(rte_mempool_populate_virt(mp, memory + 2 * i * piece, piece, 4096, NULL,
					    NULL) > 0);
	rte_mempool_obj_iter(mp, rte_pktmbuf_init, NULL);
	assert_true(mp->nb_mem_chunks >= nb);
	assert_has_all(mp, 2048);
	assert_int_equal(xdp_umem_area(mp, 2048, &area), 0);
	assert_int_equal(area.base, (uintptr_t)memory);
	assert_true(area.size > 2 * (nb - 1) * piece && area.size <= (2 * nb - 1) * piece);
	rte_mempool_free(mp);
	munmap(memory, 2 * nb * piece);
}

static void
a_pool_without_memory_is_refused(void **state)
{
	struct rte_mempool *mp = rte_mempool_create_empty("nothing", 16, 2432, 0,
			sizeof(struct rte_pktmbuf_pool_private), SOCKET_ID_ANY, 0);
	struct xdp_area area;

	(void)state;
	assert_non_null(mp);
	assert_int_equal(xdp_umem_area(mp, 2048, &area), -EINVAL);
	assert_logged(&logged, "nothing", "no memory");
	rte_mempool_free(mp);
}

static void
a_range_of_bytes_is_within_or_not(void **state)
{
	const struct xdp_area area = { .base = 0x10000, .size = 8192, .chunk = 2304 };

	(void)state;
	assert_true(xdp_area_has(&area, 0, 8192));
	assert_true(xdp_area_has(&area, 8192, 0));
	assert_true(xdp_area_has(&area, 8191, 1));
	assert_false(xdp_area_has(&area, 8191, 2));
	assert_false(xdp_area_has(&area, 8193, 0));
	assert_false(xdp_area_has(&area, 0, 8193));
	assert_false(xdp_area_has(&area, UINT64_MAX, 1));
	assert_false(xdp_area_has(&area, 1, UINT64_MAX));
}

#define umem_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	umem_test(every_mbuf_has_its_chunk_whatever_is_private),
	umem_test(frames_may_have_any_length_that_chunks_have_room_for),
	umem_test(data_rooms_that_are_too_small_or_too_large_are_bounded),
	umem_test(pieces_of_memory_make_one_range),
	umem_test(a_pool_without_memory_is_refused),
	umem_test(a_range_of_bytes_is_within_or_not),
};

TEST_EAL_MAIN(tests, 0)
