// SPDX-License-Identifier: PostgreSQL
#include <cstdint>
#include <new>

#include "pg/memory_resource.hpp"

namespace meshline::pg {

namespace {

// A tebibyte in one block is a mistake in the asking, and a kernel that overcommits would grant it.
constexpr std::size_t max_bytes = (static_cast<std::size_t>(1) << 40) - 1;
static_assert(max_bytes + 65536 < MaxAllocHugeSize, "a larger size would be an ERROR even with NO_OOM");

// palloc aligns to MAXIMUM_ALIGNOF (8). A block that needs more is asked for larger, and the address
// that palloc returned is kept just before the aligned one.
constexpr std::size_t
Padding(std::size_t alignment) noexcept {
	return alignment > MAXIMUM_ALIGNOF ? alignment - MAXIMUM_ALIGNOF + sizeof(void *) : 0;
}

} // namespace

void *
ContextResource::do_allocate(std::size_t bytes, std::size_t alignment) {
	const std::size_t padding = Padding(alignment);
	if (bytes > max_bytes || padding > 65536) {
		throw std::bad_alloc();
	}
	void *block = MemoryContextAllocExtended(context_, bytes + padding, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (block == nullptr) {
		throw std::bad_alloc();
	}
	if (padding == 0) {
		return block;
	}
	char *first = static_cast<char *>(block) + sizeof(void *);
	char *aligned = first + (-reinterpret_cast<std::uintptr_t>(first) & (alignment - 1));
	auto *memory = reinterpret_cast<void **>(aligned);
	memory[-1] = block;
	return memory;
}

void
ContextResource::do_deallocate(void *memory, std::size_t, std::size_t alignment) {
	pfree(Padding(alignment) == 0 ? memory : static_cast<void **>(memory)[-1]);
}

bool
ContextResource::do_is_equal(const std::pmr::memory_resource &other) const noexcept {
	const auto *resource = dynamic_cast<const ContextResource *>(&other);
	return resource != nullptr && resource->context_ == context_;
}

} // namespace meshline::pg
