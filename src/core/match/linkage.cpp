// SPDX-License-Identifier: PostgreSQL
#include "core/match/linkage.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

#include "core/interrupt.hpp"

namespace meshline::match {

namespace {

// What there is between two clusters: the pairs that have an edge, and the sum of their weights.
struct Between {
	std::uint32_t cluster; // as it was when this was written; its root is what counts
	std::uint32_t pairs;
	double sum;
};

struct Join {
	double mean;
	std::uint32_t a;
	std::uint32_t b; // a < b
	std::uint32_t version_a;
	std::uint32_t version_b;

	bool
	operator<(const Join &other) const noexcept {
		return std::tuple(mean, other.a, other.b) < std::tuple(other.mean, a, b);
	}
};

class Linkage {
public:
	Linkage(std::uint32_t records, double threshold, std::pmr::memory_resource *arena)
	    : threshold_(threshold), parent_(records, 0, arena), size_(records, 1, arena),
	      version_(records, 0, arena), first_(records, 0, arena), neighbours_(arena), scratch_(arena),
	      joins_(std::less<Join>(), Vector<Join>(arena)) {
		neighbours_.reserve(records);
		for (std::uint32_t record = 0; record < records; ++record) {
			parent_[record] = first_[record] = record;
			neighbours_.emplace_back(arena);
		}
	}

	void
	Add(const Vector<Edge> &edges) {
		for (const Edge &edge : edges) {
			neighbours_[edge.a].push_back({edge.b, 1, edge.weight});
			neighbours_[edge.b].push_back({edge.a, 1, edge.weight});
			if (edge.weight >= threshold_) {
				joins_.push({edge.weight, edge.a, edge.b, 0, 0});
			}
		}
	}

	void
	Run() {
		std::uint32_t steps = 0;
		while (!joins_.empty()) {
			if (++steps % 1024 == 0) {
				poll_interrupts();
			}
			const Join join = joins_.top();
			joins_.pop();
			if (version_[join.a] == join.version_a && version_[join.b] == join.version_b) {
				Merge(join.a, join.b);
			}
		}
	}

	std::uint32_t
	FirstOf(std::uint32_t record) noexcept {
		return first_[Root(record)];
	}

private:
	static constexpr std::uint32_t ended = 0xFFFFFFFF;

	std::uint32_t
	Root(std::uint32_t cluster) noexcept {
		while (parent_[cluster] != cluster) {
			cluster = parent_[cluster] = parent_[parent_[cluster]];
		}
		return cluster;
	}

	// The cluster with the longer list goes on.
	void
	Merge(std::uint32_t a, std::uint32_t b) {
		if (neighbours_[a].size() < neighbours_[b].size()) {
			std::swap(a, b);
		}
		parent_[b] = a;
		size_[a] += size_[b];
		first_[a] = std::min(first_[a], first_[b]);
		version_[b] = ended;
		++version_[a];
		scratch_.clear();
		for (const auto list : {a, b}) {
			for (const Between &between : neighbours_[list]) {
				const std::uint32_t root = Root(between.cluster);
				if (root != a) {
					scratch_.push_back({root, between.pairs, between.sum});
				}
			}
		}
		std::stable_sort(scratch_.begin(), scratch_.end(),
		                 [](const Between &x, const Between &y) { return x.cluster < y.cluster; });
		Vector<Between>(neighbours_[b].get_allocator()).swap(neighbours_[b]);
		Vector<Between> &merged = neighbours_[a];
		merged.clear();
		for (const Between &between : scratch_) {
			if (!merged.empty() && merged.back().cluster == between.cluster) {
				merged.back().pairs += between.pairs;
				merged.back().sum += between.sum;
			} else {
				merged.push_back(between);
			}
		}
		for (const Between &between : merged) {
			const double pairs = static_cast<double>(size_[a]) * size_[between.cluster];
			const double mean = (between.sum + missing_weight * (pairs - between.pairs)) / pairs;
			if (mean >= threshold_) {
				const auto [low, high] = std::minmax(a, between.cluster);
				joins_.push({mean, low, high, version_[low], version_[high]});
			}
		}
	}

	double threshold_;
	Vector<std::uint32_t> parent_;
	Vector<std::uint32_t> size_;
	Vector<std::uint32_t> version_; // counts the joins of a cluster, so that older offers are told apart
	Vector<std::uint32_t> first_;
	Vector<Vector<Between>> neighbours_;
	Vector<Between> scratch_;
	std::priority_queue<Join, Vector<Join>> joins_;
};

} // namespace

Vector<std::uint32_t>
AverageLinkage(std::uint32_t records, const Vector<Edge> &edges, double threshold,
               std::pmr::memory_resource *arena) {
	Linkage linkage(records, threshold, arena);
	linkage.Add(edges);
	linkage.Run();
	Vector<std::uint32_t> first(records, 0, arena);
	for (std::uint32_t record = 0; record < records; ++record) {
		first[record] = linkage.FirstOf(record);
	}
	return first;
}

} // namespace meshline::match
