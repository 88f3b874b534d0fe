// SPDX-License-Identifier: PostgreSQL
#include "core/match/explain_sum.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/wide.hpp"

namespace meshline::match {

namespace {

// The members of a subset of one half, as a number that sorts subsets by size and then by their first
// members: the size in the highest byte, below it one bit for each amount, from the first amount on,
// which is 0 for a member.
using Rank = std::uint64_t;
constexpr unsigned size_shift = max_half_amounts;
constexpr Rank no_members = (Rank{1} << size_shift) - 1;

// What a rank grows by when the amount becomes a member.
constexpr Rank
RankOfMember(std::size_t index) noexcept {
	return (Rank{1} << size_shift) - (Rank{1} << (size_shift - 1 - index));
}
constexpr std::size_t
SizeOf(Rank rank) noexcept {
	return rank >> size_shift;
}
constexpr bool
HasMember(Rank rank, std::size_t index) noexcept {
	return (rank >> (size_shift - 1 - index) & 1) == 0;
}

// Polls for interrupts every few thousand steps.
class Steps {
public:
	void
	Take() {
		if (++taken_ % 4096 == 0) {
			poll_interrupts();
		}
	}

private:
	std::uint32_t taken_ = 0;
};

// Sum is int64_t where no sum of the query can leave it, otherwise Wide.
template <typename Sum> struct Subset {
	Sum sum;
	Rank rank;

	bool
	operator<(const Subset &other) const noexcept {
		if constexpr (std::is_same_v<Sum, std::int64_t>) {
			// One comparison without a branch, which a merge could not predict.
			return ((Wide{sum} << 64) + rank) < ((Wide{other.sum} << 64) + other.rank);
		} else {
			return sum < other.sum || (sum == other.sum && rank < other.rank);
		}
	}
};

template <typename Sum> using Subsets = std::span<const Subset<Sum>>;

// The subsets of one half in order of sum and rank: in one list, or where size is limited in one for each
// size, so that every pair of lists is either allowed or not.
template <typename Sum> class Half {
public:
	Half(std::span<const std::int64_t> amounts, std::optional<std::size_t> max_size,
	     std::pmr::memory_resource *memory)
	    : lists_(memory) {
		const std::size_t lists = max_size ? std::min(*max_size, amounts.size()) + 1 : 1;
		lists_.reserve(lists);
		std::size_t capacity = max_size ? 1 : std::size_t{1} << amounts.size();
		for (std::size_t size = 0; size < lists; ++size) {
			lists_.emplace_back(memory).reserve(capacity);
			capacity = capacity * (amounts.size() - size) / (size + 1);
		}
		lists_[0].push_back({0, no_members});
		for (std::size_t i = 0; i < amounts.size(); ++i) {
			const Subset<Sum> member{amounts[i], RankOfMember(i)};
			if (!max_size) {
				Merge(lists_[0], lists_[0].data(), lists_[0].size(), member);
				continue;
			}
			// Downwards: a list is read before the member enters it.
			for (std::size_t size = std::min(i + 1, lists - 1); size > 0; --size) {
				Merge(lists_[size], lists_[size - 1].data(), lists_[size - 1].size(), member);
			}
		}
	}

	std::size_t
	size() const noexcept {
		return lists_.size();
	}
	Subsets<Sum>
	operator[](std::size_t i) const noexcept {
		return Span(lists_[i]);
	}

private:
	// Adds the member to each of `others` and merges them into `list`, from the back, so that `others`
	// may be the list itself. A common member changes no order: nothing has to be sorted.
	void
	Merge(Vector<Subset<Sum>> &list, const Subset<Sum> *others, std::size_t others_left,
	      const Subset<Sum> &member) {
		std::size_t left = list.size();
		list.resize(left + others_left, boost::container::default_init);
		Subset<Sum> *all = list.data();
		while (left > 0 && others_left > 0) {
			steps_.Take();
			const Subset<Sum> &other = others[others_left - 1];
			const Subset<Sum> grown{other.sum + member.sum, other.rank + member.rank};
			const Subset<Sum> old = all[left - 1];
			const bool is_old_last = grown < old;
			all[left + others_left - 1] = is_old_last ? old : grown;
			left -= is_old_last;
			others_left -= !is_old_last;
		}
		for (; others_left > 0; --others_left) {
			const Subset<Sum> &other = others[others_left - 1];
			all[others_left - 1] = {other.sum + member.sum, other.rank + member.rank};
		}
	}

	Vector<Vector<Subset<Sum>>> lists_;
	Steps steps_;
};

// A set as a subset of each half.
struct Candidate {
	std::int64_t difference;
	Rank front;
	Rank back;

	Wide
	distance() const noexcept {
		return difference < 0 ? -Wide{difference} : Wide{difference};
	}
	// Of two sets of one size, that with the smallest member that they do not share is the first.
	bool
	operator<(const Candidate &other) const noexcept {
		if (distance() != other.distance()) {
			return distance() < other.distance();
		}
		const std::size_t size = SizeOf(front) + SizeOf(back);
		const std::size_t other_size = SizeOf(other.front) + SizeOf(other.back);
		if (size != other_size) {
			return size < other_size;
		}
		const Rank members = front & no_members, other_members = other.front & no_members;
		return members != other_members ? members < other_members
		                                : (back & no_members) < (other.back & no_members);
	}
};

template <typename Sum> class Search {
public:
	Search(const SumQuery &query, std::pmr::memory_resource *memory)
	    : target_(query.target), tolerance_(query.tolerance), max_sets_(query.max_sets), best_(memory) {
		best_.reserve(max_sets_);
	}

	// Counts and ranks the pairs of a list of front subsets and a list of back subsets. The back subsets
	// that complete a front subset are a window, which moves down while the front sums go up.
	void
	Pair(Subsets<Sum> front, Subsets<Sum> back) {
		std::size_t low = back.size(), high = back.size(), end = 0;
		for (std::size_t begin = 0; begin < front.size() && high > 0; begin = end) {
			steps_.Take();
			const Sum rest = target_ - front[begin].sum;
			for (end = begin + 1; end < front.size() && front[end].sum == front[begin].sum;) {
				++end;
			}
			while (high > 0 && back[high - 1].sum > rest + tolerance_) {
				--high;
			}
			while (low > 0 && back[low - 1].sum >= rest - tolerance_) {
				--low;
			}
			if (low < high) {
				count_ += static_cast<std::int64_t>((end - begin) * (high - low));
				Offer(front.subspan(begin, end - begin), rest, back.subspan(low, high - low));
			}
		}
	}

	// The empty set is the only one without members that Pair() can have counted.
	std::int64_t
	count() const noexcept {
		const bool is_empty_counted = target_ <= tolerance_ && -target_ <= tolerance_;
		return count_ - (is_empty_counted ? 1 : 0);
	}
	std::span<const Candidate>
	best() const noexcept {
		return Span(best_);
	}

private:
	// Front subsets of one sum against a window of back subsets: from the nearest sum outwards, on each
	// side until it is farther than the last of the best, because a window may hold a million.
	void
	Offer(Subsets<Sum> front, Sum rest, Subsets<Sum> window) {
		const auto by_sum = [](const Subset<Sum> &subset, Sum sum) { return subset.sum < sum; };
		const std::size_t nearest =
		    std::lower_bound(window.begin(), window.end(), rest, by_sum) - window.begin();
		for (std::size_t begin = nearest; begin < window.size() && IsNear(window[begin].sum - rest);) {
			const auto end =
			    std::upper_bound(window.begin() + begin, window.end(), window[begin].sum,
			                     [](Sum sum, const Subset<Sum> &subset) { return sum < subset.sum; });
			const std::size_t size = end - (window.begin() + begin);
			OfferPairs(front, window.subspan(begin, size), window[begin].sum - rest);
			begin += size;
		}
		for (std::size_t end = nearest; end > 0 && IsNear(rest - window[end - 1].sum);) {
			const Sum sum = window[end - 1].sum;
			const std::size_t begin =
			    std::lower_bound(window.begin(), window.begin() + end, sum, by_sum) - window.begin();
			OfferPairs(front, window.subspan(begin, end - begin), sum - rest);
			end = begin;
		}
	}

	bool
	IsNear(Sum distance) const noexcept {
		return best_.size() < max_sets_ || distance <= best_.back().distance();
	}

	// Subsets of one sum on both sides, both by rank: after the first pair that is too late, all further
	// ones of that front subset are; and where that was its first, those of all later front subsets.
	void
	OfferPairs(Subsets<Sum> front, Subsets<Sum> back, Sum difference) {
		for (const Subset<Sum> &one : front) {
			for (std::size_t i = 0; i < back.size(); ++i) {
				steps_.Take();
				if (one.rank == no_members && back[i].rank == no_members) {
					continue;
				}
				if (!Keep({static_cast<std::int64_t>(difference), one.rank, back[i].rank})) {
					if (i == 0) {
						return;
					}
					break;
				}
			}
		}
	}

	bool
	Keep(const Candidate &candidate) {
		if (best_.size() == max_sets_) {
			if (!(candidate < best_.back())) {
				return false;
			}
			best_.pop_back();
		}
		best_.insert(std::upper_bound(best_.begin(), best_.end(), candidate), candidate);
		return true;
	}

	const Sum target_;
	const Sum tolerance_;
	const std::size_t max_sets_;
	std::int64_t count_ = 0;
	Vector<Candidate> best_;
	Steps steps_;
};

SumSet
Unpack(const Candidate &candidate, std::size_t front_size, std::size_t back_size,
       std::pmr::memory_resource *memory) {
	SumSet set{Vector<std::uint32_t>(memory), candidate.difference};
	set.members.reserve(SizeOf(candidate.front) + SizeOf(candidate.back));
	for (std::size_t i = 0; i < front_size; ++i) {
		if (HasMember(candidate.front, i)) {
			set.members.push_back(static_cast<std::uint32_t>(i));
		}
	}
	for (std::size_t i = 0; i < back_size; ++i) {
		if (HasMember(candidate.back, i)) {
			set.members.push_back(static_cast<std::uint32_t>(front_size + i));
		}
	}
	return set;
}

template <typename Sum>
SumExplanations
Explain(const SumQuery &query, std::span<const std::int64_t> amounts, std::pmr::memory_resource *memory) {
	// A limit that no set can reach would only cost the lists by size.
	const auto max_size = query.max_size && *query.max_size < amounts.size() ? query.max_size : std::nullopt;
	const std::size_t middle = amounts.size() / 2;
	const Half<Sum> front(amounts.first(middle), max_size, memory);
	const Half<Sum> back(amounts.subspan(middle), max_size, memory);
	Search<Sum> search(query, memory);
	for (std::size_t i = 0; i < front.size(); ++i) {
		for (std::size_t j = 0; j < back.size() && (!max_size || i + j <= *max_size); ++j) {
			search.Pair(front[i], back[j]);
		}
	}
	SumExplanations result{search.count(), Vector<SumSet>(memory)};
	result.sets.reserve(search.best().size());
	for (const Candidate &candidate : search.best()) {
		result.sets.push_back(Unpack(candidate, middle, amounts.size() - middle, memory));
	}
	return result;
}

// Subsets of n <= max_half_amounts amounts that have at most max_size members.
std::size_t
CountSubsets(std::size_t n, std::size_t max_size) noexcept {
	std::size_t of_size = 1, count = 1;
	for (std::size_t size = 1; size <= std::min(n, max_size); ++size) {
		of_size = of_size * (n - size + 1) / size;
		count += of_size;
	}
	return count;
}

void
CheckQuery(const SumQuery &query, std::size_t amounts) {
	if (query.tolerance < 0) {
		throw Error(sqlstate::invalid_parameter, "tolerance must not be negative",
		            "tolerance is " + std::to_string(query.tolerance) + ".");
	}
	if (query.max_size && *query.max_size < 1) {
		throw Error(sqlstate::invalid_parameter, "max_size must be at least 1", {},
		            "Leave it out where sets may be of any size.");
	}
	if (query.max_sets < 1 || query.max_sets > max_sum_sets) {
		throw Error(sqlstate::invalid_parameter,
		            "max_sets must be from 1 to " + std::to_string(max_sum_sets));
	}
	const std::size_t half = amounts - amounts / 2;
	if (half > max_half_amounts || CountSubsets(half, query.max_size.value_or(half)) > max_half_subsets) {
		throw Error(
		    sqlstate::limit_exceeded, std::to_string(amounts) + " amounts are too many to explain a sum",
		    "All sets are looked at, which is done for 40 amounts, and for up to 112 where max_size "
		    "keeps the sets few.",
		    "Narrow the amounts first, for example by date, currency or customer, or give a max_size.");
	}
}

// Whether no sum, no difference from the target and no bound of a window can leave int64.
bool
FitsInt64(const SumQuery &query, std::span<const std::int64_t> amounts) noexcept {
	Wide total = query.tolerance;
	const auto add = [&](std::int64_t value) { total += value < 0 ? -Wide{value} : Wide{value}; };
	add(query.target);
	std::for_each(amounts.begin(), amounts.end(), add);
	return total <= std::numeric_limits<std::int64_t>::max();
}

} // namespace

SumExplanations
ExplainSum(const SumQuery &query, std::span<const std::int64_t> amounts, std::pmr::memory_resource *memory) {
	CheckQuery(query, amounts.size());
	return FitsInt64(query, amounts) ? Explain<std::int64_t>(query, amounts, memory)
	                                 : Explain<Wide>(query, amounts, memory);
}

} // namespace meshline::match
