// SPDX-License-Identifier: PostgreSQL
// A reference to anything that can be called; it must not outlive what it refers to.
#pragma once

#include <memory>
#include <type_traits>

namespace meshline {

template <typename Signature> class FunctionRef;
template <typename Result, typename... Arguments> class FunctionRef<Result(Arguments...)> {
public:
	template <typename Callable>
	FunctionRef(Callable &&callable) noexcept
	    requires(!std::is_same_v<std::remove_cvref_t<Callable>, FunctionRef>)
	    : object_(const_cast<void *>(static_cast<const void *>(std::addressof(callable)))),
	      call_([](void *object, Arguments... arguments) -> Result {
		      return (*static_cast<std::remove_reference_t<Callable> *>(object))(arguments...);
	      }) {
	}
	Result
	operator()(Arguments... arguments) const {
		return call_(object_, arguments...);
	}

private:
	void *object_;
	Result (*call_)(void *, Arguments...);
};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
