// SPDX-License-Identifier: PostgreSQL
#include "core/match/assignment.hpp"

#include <algorithm>
#include <limits>
#include <queue>

#include "core/interrupt.hpp"

namespace meshline::match {

namespace {

constexpr std::uint32_t nobody = 0xFFFFFFFF;
constexpr double infinite = std::numeric_limits<double>::infinity();

// The cost of an edge is threshold - weight, that of staying single 0. Prices of both sides make no edge
// cheaper than they say, and those that are taken exactly so dear: then what is taken is the cheapest.
class Assignment {
public:
	Assignment(std::uint32_t left, std::uint32_t records, const Vector<Edge> &edges, double threshold,
	           std::pmr::memory_resource *arena)
	    : edges_(edges), threshold_(threshold), start_(left + 1, 0, arena), order_(arena),
	      price_(records, 0, arena), partner_(records, nobody, arena), taken_(records, nobody, arena),
	      distance_(records, infinite, arena), came_by_(records, nobody, arena),
	      is_done_(records, false, arena), touched_(arena) {
		for (std::uint32_t e = 0; e < edges.size(); ++e) {
			if (edges[e].weight >= threshold) {
				order_.push_back(e);
				++start_[edges[e].a + 1];
			}
		}
		std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t x, std::uint32_t y) {
			return std::pair(edges[x].a, edges[x].b) < std::pair(edges[y].a, edges[y].b);
		});
		for (std::uint32_t i = 0; i < left; ++i) {
			start_[i + 1] += start_[i];
		}
	}

	void
	Run() {
		for (std::uint32_t i = 0; i + 1 < start_.size(); ++i) {
			poll_interrupts();
			Augment(i);
		}
	}

	Vector<Edge>
	Taken(std::pmr::memory_resource *arena) const {
		Vector<Edge> taken(arena);
		for (std::uint32_t i = 0; i + 1 < start_.size(); ++i) {
			if (partner_[i] != nobody) {
				taken.push_back(edges_[taken_[i]]);
			}
		}
		return taken;
	}

private:
	using Queue = std::priority_queue<std::pair<double, std::uint32_t>,
	                                  std::vector<std::pair<double, std::uint32_t>>, std::greater<>>;

	// Finds the cheapest way for one more record of the left to have a partner or none, others moving along.
	void
	Augment(std::uint32_t first) {
		touched_.clear();
		Queue queue;
		std::uint32_t left = first, end = nobody, single = nobody;
		double way = 0, shortest = infinite, single_way = infinite;
		for (;;) {
			if (way - price_[left] < single_way) {
				single_way = way - price_[left];
				single = left;
			}
			Relax(left, way, queue);
			std::uint32_t next = nobody;
			while (!queue.empty() && next == nobody) {
				const auto [distance, right] = queue.top();
				queue.pop();
				if (!is_done_[right] && distance == distance_[right]) {
					next = right;
				}
			}
			if (next == nobody || distance_[next] >= single_way) {
				shortest = single_way;
				break;
			}
			if (partner_[next] == nobody) {
				shortest = distance_[next];
				end = next;
				break;
			}
			is_done_[next] = true;
			left = partner_[next];
			way = distance_[next];
		}
		price_[first] += shortest;
		for (const auto right : touched_) {
			if (is_done_[right]) {
				price_[right] += distance_[right] - shortest;
				price_[partner_[right]] -= distance_[right] - shortest;
			}
		}
		Shift(first, single, end);
		for (const auto right : touched_) {
			distance_[right] = infinite;
			is_done_[right] = false;
		}
	}

	void
	Relax(std::uint32_t left, double way, Queue &queue) {
		for (std::uint32_t at = start_[left]; at < start_[left + 1]; ++at) {
			const Edge &edge = edges_[order_[at]];
			const double distance = way + (threshold_ - edge.weight) - price_[left] - price_[edge.b];
			if (distance < distance_[edge.b] && !is_done_[edge.b]) {
				if (distance_[edge.b] == infinite) {
					touched_.push_back(edge.b);
				}
				distance_[edge.b] = distance;
				came_by_[edge.b] = order_[at];
				queue.emplace(distance, edge.b);
			}
		}
	}

	// Gives the partners along the way to those who come there; `end` is free, or else `single` stays alone.
	void
	Shift(std::uint32_t first, std::uint32_t single, std::uint32_t end) {
		if (end == nobody) {
			end = partner_[single];
			partner_[single] = taken_[single] = nobody;
		}
		while (end != nobody) {
			const std::uint32_t edge = came_by_[end], left = edges_[edge].a, before = partner_[left];
			partner_[left] = end;
			partner_[end] = left;
			taken_[left] = edge;
			end = left == first ? nobody : before;
		}
	}

	const Vector<Edge> &edges_;
	double threshold_;
	Vector<std::uint32_t> start_; // of each left record's edges in order_
	Vector<std::uint32_t> order_;
	Vector<double> price_;
	Vector<std::uint32_t> partner_;
	Vector<std::uint32_t> taken_; // the edge to the partner, of left records
	Vector<double> distance_;
	Vector<std::uint32_t> came_by_;
	Vector<bool> is_done_;
	Vector<std::uint32_t> touched_;
};

} // namespace

Vector<Edge>
AssignOneToOne(std::uint32_t left, std::uint32_t records, const Vector<Edge> &edges, double threshold,
               std::pmr::memory_resource *arena) {
	Assignment assignment(left, records, edges, threshold, arena);
	assignment.Run();
	return assignment.Taken(arena);
}

} // namespace meshline::match
