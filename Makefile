# meshline: builds, installs and tests the extension. `make demo` and `make check` are all a newcomer
# needs; both install what is missing first. Builders: make, make install, make clean, make bench ...

# The commands of this house are scripts: they must work before PostgreSQL is installed, so they do not
# read PGXS (which also has a `check` of its own).
COMMANDS = check demo demo-stop setup lint format bench bench-ingest bench-match bench-world soak

ifneq (,$(filter $(COMMANDS),$(MAKECMDGOALS)))

.PHONY: $(COMMANDS)
$(COMMANDS):
	@script/$(subst -,_,$@) $(ARGS)

else

EXTENSION  = meshline
EXTVERSION = 0.1.0
MODULE_big = meshline

CORE_SOURCES := $(sort $(wildcard src/core/*.cpp src/core/match/*.cpp))
PG_SOURCES   := $(sort $(wildcard src/pg/*.cpp))
OBJS          = $(CORE_SOURCES:.cpp=.o) $(PG_SOURCES:.cpp=.o)

DATA        = $(sort $(wildcard sql/upgrade/*.sql))
DATA_built  = $(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = build results output_iso tmp_check regression.diffs regression.out meshline_border_probe.so

# Only one PostgreSQL is promised so far; another pg_config may be named on the command line.
PG_CONFIG ?= $(firstword $(wildcard /usr/lib/postgresql/15/bin/pg_config) pg_config)
PGXS      := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq (,$(wildcard $(PGXS)))
$(error no PostgreSQL server headers found by "$(PG_CONFIG)": run script/setup, or say make PG_CONFIG=...)
endif

# The server's headers are read as system headers: their warnings are not ours to mend.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) -DBOOST_CONTAINER_USE_STD_EXCEPTIONS
PG_CXXFLAGS = -std=c++20 -O2 -fvisibility=hidden -fvisibility-inlines-hidden \
              -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-register $(if $(WERROR),-Werror)
SHLIB_LINK  = -lsimdjson -lre2 -lphonenumber -licui18n -licuuc -lstdc++

# make SANITIZE=undefined (the stock server loads it; address would need a rebuilt server)
ifdef SANITIZE
PG_CXXFLAGS += -fsanitize=$(SANITIZE) -fno-sanitize-recover=$(SANITIZE)
SHLIB_LINK  += -fsanitize=$(SANITIZE)
endif

# Bitcode lets JIT inline small C functions into expressions. Ours set up an exception border and call
# into libraries, which is never inlined, and without clang-14 the build would fail.
override with_llvm := no

include $(PGXS)

# Debian's PGXS tracks no header dependencies.
DEPENDENCIES = build/depend
COMPILE.cc += -MMD -MP -MF $(DEPENDENCIES)/$(subst /,-,$(@:.o=.d))
$(OBJS) test/border/border_probe.o: | $(DEPENDENCIES)
$(DEPENDENCIES):
	@mkdir -p $@
-include $(wildcard $(DEPENDENCIES)/*.d)

SQL_PARTS = $(wildcard sql/install/*.sql sql/workspace/*.sql src/connectors/*.json)
$(DATA_built): script/build_sql $(SQL_PARTS)
	script/build_sql $@

# Functions that throw on purpose, for sql/border.sql; not installed.
border-probe: meshline_border_probe.so
BORDER_OBJS = test/border/border_probe.o src/pg/guard.o src/pg/internal_subtransaction.o src/pg/memory_resource.o
meshline_border_probe.so: $(BORDER_OBJS)
	$(CXX) $(CXXFLAGS) -shared -o $@ $(BORDER_OBJS) $(LDFLAGS_SL)
clean: clean-border-probe
clean-border-probe:
	rm -f test/border/border_probe.o
.PHONY: border-probe clean-border-probe

# Months of invented business for the demo and the tests.
sample: build/sample_month
build/sample_month: $(wildcard test/sample/*.cpp test/sample/*.hpp)
	@mkdir -p $(@D)
	$(CXX) -std=c++20 -O1 -Wall -Wextra -Isrc -o $@ $(filter %.cpp,$^)
world: build/sample_world
build/sample_world: $(wildcard test/sample/world/*.cpp test/sample/world/*.hpp) test/sample/text.cpp $(wildcard test/sample/*.hpp)
	@mkdir -p $(@D)
	$(CXX) -std=c++20 -O1 -Wall -Wextra -Isrc -Itest -o $@ $(filter %.cpp,$^)
.PHONY: sample world

endif
