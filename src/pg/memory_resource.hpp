// SPDX-License-Identifier: PostgreSQL
// Memory of a PostgreSQL memory context for C++ containers.
#pragma once

#include <cstddef>
#include <memory_resource>

#include "pg/postgres_api.hpp"

namespace meshline::pg {

// Failure is std::bad_alloc, never an ERROR: the caller is C++ code with destructors to run. Resetting
// or deleting the context frees the memory without running destructors, so an object that lives in it
// must own nothing but memory from here. Owns nothing itself; must not outlive the context.
class ContextResource final : public std::pmr::memory_resource {
public:
	explicit ContextResource(MemoryContext context = CurrentMemoryContext) noexcept : context_(context) {
	}

	MemoryContext
	context() const noexcept {
		return context_;
	}

protected:
	void *do_allocate(std::size_t bytes, std::size_t alignment) override;
	void do_deallocate(void *memory, std::size_t bytes, std::size_t alignment) override;
	bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override;

private:
	MemoryContext context_;
};

} // namespace meshline::pg
