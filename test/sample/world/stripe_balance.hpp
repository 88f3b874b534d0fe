// SPDX-License-Identifier: PostgreSQL
// A Stripe account's balance: what was captured and given back, and the payouts that empty it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "payloads.hpp"

namespace meshline::sample {

struct BalanceLine {
	std::string type; // charge, refund, adjustment
	std::string source;
	Minor amount = 0;
	Minor fee = 0;
	Seconds at = 0;
	bool is_kept = false; // money that is kept back and never let go
};

struct PaidOut {
	std::string id;
	Money money = us_dollar;
	Minor amount = 0;
	Seconds created_at = 0;
	Seconds arrival_at = 0;
	std::vector<BalanceLine> lines;
};

// What goes wrong with a payout.
struct PayoutFault {
	Minor amount_error = 0; // of the payout, beside its lines
	bool is_failed = false;
};

class StripeBalance {
public:
	StripeBalance(World &world, World::Account account, std::string prefix)
	    : world_(world), account_(account), prefix_(std::move(prefix)) {
	}

	void
	Add(Money money, BalanceLine line) {
		pending_[money.code].lines.push_back(std::move(line)), pending_[money.code].money = money;
	}

	// Pays out, per currency, what came before `midnight` and sums to more than nothing; in the end also what
	// is owed to Stripe. `fault` decides what goes wrong with a payout.
	template <typename Fault>
	std::vector<PaidOut>
	PayOut(Seconds midnight, bool is_end, Fault fault) {
		std::vector<PaidOut> done;
		for (auto &[code, pending] : pending_) {
			PaidOut payout;
			std::vector<BalanceLine> later;
			for (BalanceLine &line : pending.lines) {
				(line.at < midnight ? payout.lines : later).push_back(line);
				payout.amount += line.at < midnight ? line.amount - line.fee : 0;
			}
			if (payout.lines.empty() || (payout.amount <= 0 && !is_end)) {
				continue;
			}
			pending.lines = std::move(later);
			payout.id = Code("po_" + prefix_, ++count_, "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", 14);
			payout.money = pending.money;
			payout.created_at = midnight + 6 * hour;
			payout.arrival_at = midnight + 2 * day;
			const PayoutFault wrong = fault(payout);
			payout.amount += wrong.amount_error;
			Write(payout, wrong.is_failed);
			done.push_back(std::move(payout));
		}
		return done;
	}

private:
	struct Pending {
		Money money = us_dollar;
		std::vector<BalanceLine> lines;
	};

	void
	Write(const PaidOut &payout, bool is_failed) {
		for (const BalanceLine &line : payout.lines) {
			const std::string id =
			    Code("txn_" + prefix_, ++line_count_, "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", 14);
			if (line.is_kept) {
				world_.Plant("PAYOUT_RESERVE_HELD", "stripe:balance_transaction:" + id, -line.amount,
				             payout.money);
			}
			world_.Send(payout.created_at + minute, account_, "balance_transaction",
			            stripe_world::BalanceTransaction(id, line.type, line.source, payout.id, line.amount,
			                                             line.fee, payout.money, line.at));
		}
		world_.Send(payout.created_at, account_, "payout",
		            stripe_world::PayoutPayload(payout.id, payout.amount, payout.money, payout.created_at,
		                                        payout.arrival_at, is_failed ? "failed" : "paid"));
	}

	World &world_;
	World::Account account_;
	std::string prefix_;
	std::map<std::string_view, Pending> pending_;
	std::int64_t count_ = 0;
	std::int64_t line_count_ = 0;
};

} // namespace meshline::sample
