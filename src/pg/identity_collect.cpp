// SPDX-License-Identifier: PostgreSQL
#include <algorithm>
#include <charconv>
#include <cstring>
#include <initializer_list>

#include "core/canonical.hpp"
#include "pg/identity_store.hpp"
#include "pg/postgres_api.hpp"

namespace meshline::pg {

namespace {

constexpr int unanchored_rank = 900; // behind every namespace that a definition declares
constexpr char separator = '\x1f';   // of identifiers in one text, for string_to_array

std::string_view
Concatenate(std::initializer_list<std::string_view> parts, std::pmr::memory_resource *arena) {
	std::size_t size = 0;
	for (const auto part : parts) {
		size += part.size();
	}
	auto *text = static_cast<char *>(arena->allocate(size + 1, 1));
	char *at = text;
	for (const auto part : parts) {
		std::memcpy(at, part.data(), part.size());
		at += part.size();
	}
	return {text, size};
}

// An identifier whose namespace is complete. An empty name means that the store it speaks of is not
// known, so that it can be evidence only.
struct Resolved {
	std::string_view name;
	int rank = 50;
};

Resolved
Resolve(const Batch &batch, const Identifier &identifier) {
	static constexpr std::string_view store_prefix = "$store.";
	std::string_view name = identifier.name;
	Scope scope = identifier.scope;
	const Connection *owner = &batch.connection;
	if (name.starts_with(store_prefix)) {
		owner = batch.config.StoreOf(batch.connection);
		if (owner == nullptr) {
			return {};
		}
		name = Concatenate({owner->connector, ".", name.substr(store_prefix.size())}, batch.arena);
		scope = batch.config.RuleOf(name).scope;
	} else if (scope == Scope::store) {
		owner = batch.config.StoreOf(batch.connection);
		if (owner == nullptr) {
			return {};
		}
	}
	const int rank = batch.config.RuleOf(name).rank;
	if (scope == Scope::global) {
		return {name, rank};
	}
	char digits[24];
	const auto end = std::to_chars(digits, digits + sizeof(digits), owner->connection_id).ptr;
	return {Concatenate({name, "@", {digits, static_cast<std::size_t>(end - digits)}}, batch.arena), rank};
}

std::string_view
Joined(const Vector<std::string_view> &texts, std::pmr::memory_resource *arena) {
	std::size_t size = 0;
	for (const auto text : texts) {
		size += text.size() + 1;
	}
	if (size == 0) {
		return {};
	}
	auto *all = static_cast<char *>(arena->allocate(size, 1));
	char *at = all;
	for (const auto text : texts) {
		std::memcpy(at, text.data(), text.size());
		at += text.size();
		*at++ = separator;
	}
	return {all, size - 1};
}

void
SortUnique(Vector<std::string_view> &texts) {
	std::sort(texts.begin(), texts.end());
	texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

// What a processor pays out and what a bank receives meet in an entity of their currency and amount, which
// both touch and neither belongs to.
void
CollectTransfer(Batch &batch, BatchRecord &record) {
	const Fact &fact = *record.fact;
	const bool is_paid_out = fact.kind == Kind::payout && batch.connection.role != Role::ledger;
	if ((!is_paid_out && fact.kind != Kind::bank_line) || fact.amount.value_or(0) <= 0 ||
	    fact.currency.empty() || !fact.problems.empty()) {
		return;
	}
	char digits[24];
	const auto end = std::to_chars(digits, digits + sizeof(digits), *fact.amount).ptr;
	BatchIdentifier group;
	group.name = Concatenate({"transfer.", fact.currency}, batch.arena);
	group.value = Concatenate({{digits, static_cast<std::size_t>(end - digits)}}, batch.arena);
	group.kind = transfer_kind;
	record.payout_id = CanonicalId(batch.connection.merchant_id, transfer_kind, group.name, group.value);
	batch.identifiers.push_back(group);
}

} // namespace

void
CollectIdentifiers(Batch &batch, BatchRecord &record) {
	Vector<std::string_view> same(batch.arena), ref(batch.arena), weak(batch.arena);
	const auto full_text = [&](std::string_view name, std::string_view value) {
		return Concatenate({name, "/", value}, batch.arena);
	};
	for (const Identifier &identifier : record.fact->identifiers) {
		const Resolved resolved = Resolve(batch, identifier);
		if (!identifier.is_strong || resolved.name.empty()) {
			weak.push_back(
			    full_text(resolved.name.empty() ? identifier.name : resolved.name, identifier.value));
			continue;
		}
		(identifier.role == IdentifierRole::ref ? ref : same)
		    .push_back(full_text(resolved.name, identifier.value));
		record.identifiers.push_back(static_cast<std::uint32_t>(batch.identifiers.size()));
		BatchIdentifier strong;
		strong.name = resolved.name;
		strong.value = identifier.value;
		strong.rank = resolved.rank;
		batch.identifiers.push_back(strong);
	}
	if (record.identifiers.empty()) {
		// Nothing ties it to anything: it is an entity by itself, found again by its own id.
		BatchIdentifier own;
		const Identifier as_source{
		    Concatenate({batch.connection.connector, ".", record.fact->object}, batch.arena),
		    record.fact->external_id, IdentifierRole::own, Scope::connection, true};
		own.name = Resolve(batch, as_source).name;
		own.value = record.fact->external_id;
		own.rank = unanchored_rank;
		record.identifiers.push_back(static_cast<std::uint32_t>(batch.identifiers.size()));
		batch.identifiers.push_back(own);
	}
	if (record.fact->kind == Kind::payout || record.fact->kind == Kind::customer) {
		for (const auto index : record.identifiers) {
			batch.identifiers[index].kind = record.fact->kind == Kind::payout ? payout_kind : customer_kind;
		}
	}
	SortUnique(same);
	SortUnique(ref);
	SortUnique(weak);
	record.same_ids = Joined(same, batch.arena);
	record.ref_ids = Joined(ref, batch.arena);
	record.weak_ids = Joined(weak, batch.arena);
	if (record.fact->about) {
		const Resolved about = Resolve(batch, *record.fact->about);
		if (!about.name.empty()) {
			record.about = full_text(about.name, record.fact->about->value);
		}
	}
	CollectTransfer(batch, record);
	if (record.fact->payout) {
		const Resolved payout = Resolve(batch, *record.fact->payout);
		if (!payout.name.empty()) {
			record.payout_id =
			    CanonicalId(batch.connection.merchant_id, "payout", payout.name, record.fact->payout->value);
			// The payout is an entity of its own that this record touches but does not belong to.
			BatchIdentifier group;
			group.name = payout.name;
			group.value = record.fact->payout->value;
			group.rank = payout.rank;
			group.kind = payout_kind;
			batch.identifiers.push_back(group);
		}
	}
}

} // namespace meshline::pg
