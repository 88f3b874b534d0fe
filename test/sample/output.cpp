// SPDX-License-Identifier: PostgreSQL
// Writes the planned month to files in COPY's text format.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "model.hpp"

namespace meshline::sample {

namespace {

// The deliveries in the order in which they arrive, or in a random one.
std::vector<const Delivery *>
ArrivalOrder(const Month &month) {
	std::vector<const Delivery *> deliveries;
	deliveries.reserve(month.deliveries.size());
	for (const Delivery &delivery : month.deliveries) {
		deliveries.push_back(&delivery);
	}
	std::sort(deliveries.begin(), deliveries.end(), [](const Delivery *left, const Delivery *right) {
		return std::tie(left->arrives_at, left->sequence) < std::tie(right->arrives_at, right->sequence);
	});
	if (month.options.is_shuffled) {
		Random random(month.options.shuffle_seed, 11);
		for (std::size_t i = deliveries.size(); i > 1; --i) {
			std::swap(deliveries[i - 1], deliveries[random.Below(i)]);
		}
	}
	return deliveries;
}

std::ofstream
OpenFile(const std::filesystem::path &path) {
	std::ofstream file(path, std::ios::binary | std::ios::trunc);
	if (!file) {
		throw std::runtime_error("cannot write " + path.string());
	}
	return file;
}

void
CloseFile(std::ofstream &file, std::string_view name) {
	file.close();
	if (!file) {
		throw std::runtime_error("cannot write " + std::string(name));
	}
}

void
WriteDeliveries(const Month &month, const std::filesystem::path &folder) {
	std::ofstream all = OpenFile(folder / "events.tsv");
	std::map<std::string_view, std::ofstream> tables;
	for (const Delivery *delivery : ArrivalOrder(month)) {
		auto found = tables.find(delivery->table);
		if (found == tables.end()) {
			const std::string name = std::string(delivery->table) + ".tsv";
			found = tables.emplace(delivery->table, OpenFile(folder / name)).first;
		}
		const std::string event_id = delivery->event_id.empty() ? "\\N" : CopyField(delivery->event_id);
		const std::string line = event_id + '\t' + CopyField(delivery->payload()) + '\n';
		found->second << line;
		all << "staging." << delivery->table << '\t' << line;
	}
	CloseFile(all, "events.tsv");
	for (auto &[table, file] : tables) {
		CloseFile(file, table);
	}
}

void
WriteTruth(const Month &month, const std::filesystem::path &folder) {
	std::ofstream file = OpenFile(folder / "truth.tsv");
	for (const Truth &truth : month.truth) {
		file << truth.record_id << '\t' << truth.reason << '\t' << truth.subject << '\t' << truth.amount
		     << '\t' << truth.currency << '\t' << (truth.is_open ? "open" : "auto") << '\n';
	}
	CloseFile(file, "truth.tsv");
	std::ofstream groups = OpenFile(folder / "groups.tsv");
	for (const Membership &membership : month.groups) {
		groups << membership.group << '\t' << membership.record << '\n';
	}
	CloseFile(groups, "groups.tsv");
}

// Removes the tables of an earlier month, so that the folder holds one month only.
void
ClearFolder(const std::filesystem::path &folder) {
	std::filesystem::create_directories(folder);
	for (const auto &entry : std::filesystem::directory_iterator(folder)) {
		if (entry.path().extension() == ".tsv") {
			std::filesystem::remove(entry.path());
		}
	}
}

} // namespace

void
WriteMonth(const Month &month) {
	const std::filesystem::path folder = month.options.out;
	ClearFolder(folder);
	WriteDeliveries(month, folder);
	WriteTruth(month, folder);
}

} // namespace meshline::sample
