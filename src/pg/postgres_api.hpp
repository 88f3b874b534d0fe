// SPDX-License-Identifier: PostgreSQL
// The one door to PostgreSQL's headers.
//
// Order of includes in every file of src/pg: C++ standard and Boost, then core/*.hpp, then pg/*.hpp
// (which end here). The core's headers refuse to compile behind the server's, so this one brings all of
// those that the border speaks in first; and the server's macros would break the standard library's.
#pragma once

#include "core/canonical.hpp"
#include "core/currency.hpp"
#include "core/definition.hpp"
#include "core/error.hpp"
#include "core/extract.hpp"
#include "core/fact.hpp"
#include "core/key_hash.hpp"
#include "core/match/role_model.hpp"
#include "core/reconcile.hpp"

// PostgreSQL 15 leaves PGDLLEXPORT empty on Unix, and -fvisibility=hidden would then hide the entry
// points. c.h takes a definition that is already there.
#ifndef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

extern "C" {
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "jit/jit.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "optimizer/cost.h"
#include "pgtime.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"
#include "utils/uuid.h"
}

// Macros with the names of C++ functions.
#undef Abs
#undef Max
#undef Min
#undef _
#undef gettext
#undef dgettext
#undef ngettext
#undef dngettext
#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf
#undef strerror
#undef strerror_r
