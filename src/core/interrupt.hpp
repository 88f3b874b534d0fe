// SPDX-License-Identifier: PostgreSQL
// Lets long loops of the core be interrupted without knowing by whom.
#pragma once

namespace meshline {

// What long loops call every few thousand steps; it may throw. The border sets it when the module is
// loaded; it does nothing elsewhere.
inline void (*poll_interrupts)() = [] {};

} // namespace meshline

#ifdef POSTGRES_H
#error "the core sees no PostgreSQL header"
#endif
