// SPDX-License-Identifier: PostgreSQL
// The statements that change exceptions, each with its line of history.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/canonical.hpp"
#include "core/reconcile.hpp"
#include "pg/config.hpp"

namespace meshline::pg {

// The key of an exception: what it is about never changes it, so that a finding that comes back
// re-opens its exception. `scope` is the canonical id's bytes, or the name of what stands for one.
Uuid FindingKey(std::string_view reason, std::string_view scope, std::string_view subject,
                std::pmr::memory_resource *arena);

// A finding's evidence, in the very form in which jsonb gives it back: keys by length, one space after each
// colon and comma. So that what is stored can be compared as text.
std::string EvidenceJson(const Finding &finding);

// Collects changes to exceptions of one merchant and writes them in one go, sorted by key.
class ExceptionWriter {
public:
	ExceptionWriter(const Config &config, std::int64_t merchant_id, Instant as_of,
	                std::pmr::memory_resource *arena);

	// Opens, re-opens or updates the exception of the key. Without a canonical id the one is taken
	// that `connection_id`, `object`, `external_id` name as a record. `copies` is how often it was seen.
	void Put(const Finding &finding, const Uuid &key, std::optional<Uuid> canonical_id);
	// The same by a rule that lives until Write(): of a reason that is none of the library's.
	void Put(const Finding &finding, const ReasonRule &rule, const Uuid &key,
	         std::optional<Uuid> canonical_id);
	void PutForRecord(const Finding &finding, const Uuid &key, std::int64_t connection_id,
	                  std::string_view object, std::string_view external_id, std::int32_t copies);
	// Gives an exception of a superseded entity to the one that took its place.
	void Move(std::int64_t exception_id, const Uuid &canonical_id, const Uuid &key);
	// The disagreement is gone. Without a canonical id the exception's own is looked up.
	void Close(std::int64_t exception_id, std::optional<Uuid> canonical_id = std::nullopt);
	// Corrects the books by what the exception of the key proves, if the merchant lets that be done and it is
	// not done yet. Put() implies it.
	void Correct(const Uuid &key);
	// Exceptions of the entity were changed elsewhere.
	void Touch(const Uuid &canonical_id);
	// Writes all of it, and what is open of each entity into its row, which must be there already.
	void Write();

private:
	struct Change {
		const Finding *finding;
		const ReasonRule *rule;
		Uuid key;
		std::optional<Uuid> canonical_id;
		std::int64_t connection_id;
		std::string_view object;
		std::string_view external_id;
		std::int32_t copies;
	};
	struct Moved {
		std::int64_t exception_id;
		Uuid canonical_id;
		Uuid key;
	};

	void LockNamed();
	void WriteMoves();
	void WriteChanges();
	void WriteCloses();
	void WriteCorrections();

	const Config &config_;
	std::int64_t merchant_id_;
	Instant as_of_;
	Vector<Change> changes_;
	Vector<Moved> moves_;
	Vector<std::int64_t> closes_;
	Vector<Uuid> corrections_;
	Vector<std::int64_t> named_; // closed exceptions whose entity is to be looked up
	Vector<Uuid> touched_;
};

// Counts the open exceptions of entities, which are locked, on their canonical rows.
void CountOpen(std::int64_t merchant_id, std::span<const Uuid> canonical_ids);

} // namespace meshline::pg
