// SPDX-License-Identifier: PostgreSQL
// A workshop on WooCommerce, paid through PayPal and a Stripe account, booked in Xero, with a bank account.
#include "stripe_balance.hpp"

namespace meshline::sample {

namespace {

constexpr std::string_view merchant = "Atelier Meerblick";
constexpr World::Account shop{merchant, "woocommerce", "meerblick-world.example"};
constexpr World::Account paypal{merchant, "paypal", "MEERBLICKWORLD"};
constexpr World::Account stripe{merchant, "stripe", "acct_1MeerblickWorld"};
constexpr World::Account books{merchant, "xero", "meerblick-world"};
constexpr World::Account bank{merchant, "bank", "2000 Girokonto"};

constexpr std::string_view base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr int withdrawal_days = 7;

const std::vector<std::string_view> defects = {"DUPLICATE_CAPTURE",
                                               "AUTHORIZED_NOT_CAPTURED",
                                               "AUTHORIZATION_EXPIRED",
                                               "DUPLICATE_REFUND",
                                               "REFUND_NOT_AT_GATEWAY",
                                               "REFUND_NOT_IN_SHOP",
                                               "FEE_NOT_RETURNED_ON_REFUND",
                                               "REFUND_PENDING_OR_FAILED",
                                               "CHARGEBACK_OPEN",
                                               "CHARGEBACK_AND_REFUND",
                                               "PAYMENT_PENDING_TOO_LONG",
                                               "DUPLICATE_ORDER_RETRY",
                                               "UNDERPAYMENT",
                                               "OVERCAPTURE",
                                               "DUPLICATE_PAYMENT",
                                               "POSTING_MISSING",
                                               "POSTING_DUPLICATE",
                                               "POSTING_AMOUNT_MISMATCH",
                                               "ORPHAN_PAYMENT",
                                               "UNMAPPED_ORDER",
                                               "TEST_MODE_RECORD",
                                               "DELETED_OR_VOID_WITH_MONEY",
                                               "CURRENCY_MISMATCH",
                                               "OVER_REFUND",
                                               "MISSING_SETTLEMENT"};

class Atelier : public Business {
public:
	explicit Atelier(World &world) : world_(world), balance_(world, stripe, "1M") {
	}

	void Sell(std::int64_t number, Seconds at) override;
	void CloseDay(Seconds midnight) override;

private:
	struct Story {
		std::string_view defect;
		Sale sale;
		bool is_card = false; // through Stripe, else PayPal
		Minor captured = 0;
		Minor posted = 0;
		Money charge_money = euro;
		bool is_charged = true;
		bool is_posted = true;
	};

	static std::string
	OrderRecord(const Sale &sale) {
		return "woocommerce:order:" + std::to_string(sale.id);
	}
	static std::string PaymentId(const Story &story, int part);
	static Minor
	Fee(Minor amount) {
		return Percent(amount, 290) + 35;
	}

	void Plant(const Story &story, std::string_view record, Minor amount);
	void Change(Story &story, Random &random);
	void Tell(const Story &story, Random &random);
	void Charge(const Story &story, int part, Minor amount, Seconds at, std::string_view authorization = {});
	void Reserve(const Story &story);
	void TellReturns(const Story &story, Random &random);
	void GiveBack(const Story &story, int index, Minor amount, Seconds at, bool is_in_shop,
	              bool is_at_processor, std::string_view status);
	void Post(const Story &story);
	void SellStray(const Story &story);
	void Withdraw(Seconds midnight);
	void Receive(std::string_view id, Minor amount, Money money, Seconds at, const std::string &text);

	World &world_;
	StripeBalance balance_;
	std::map<std::string_view, Minor> in_paypal_; // per currency
	std::map<std::int64_t, std::vector<woocommerce_world::RefundNote>> notes_;
	std::int64_t count_ = 0;
	std::int64_t payout_count_ = 0;
	std::int64_t withdrawal_count_ = 0;
};

std::string
Atelier::PaymentId(const Story &story, int part) {
	return story.is_card ? Code("ch_3M" + std::to_string(part), story.sale.number, base36, 18)
	                     : Code(std::to_string(part) + "C", story.sale.number, base36, 15);
}

void
Atelier::Plant(const Story &story, std::string_view record, Minor amount) {
	world_.Plant(story.defect, record, amount, story.sale.money);
}

void
Atelier::Sell(std::int64_t number, Seconds at) {
	Random random(world_.options().seed, 31, static_cast<std::uint64_t>(number));
	Story story;
	story.defect = ChooseDefect(world_.options(), count_++, defects);
	const bool is_abroad = story.defect.empty() && random.PerMille(100);
	story.sale = InventSale(random, number, at, is_abroad ? us_dollar : euro);
	story.sale.id = 30'000 + number;
	story.sale.name = std::to_string(30'000 + number);
	story.charge_money = story.sale.money;
	story.captured = story.posted = story.sale.Total();
	const std::string_view defect = story.defect;
	const bool needs_paypal = defect == "DUPLICATE_CAPTURE" || defect.starts_with("AUTHORIZ") ||
	                          defect.starts_with("CHARGEBACK") || defect == "PAYMENT_PENDING_TOO_LONG" ||
	                          defect == "ORPHAN_PAYMENT" || defect == "UNMAPPED_ORDER" ||
	                          defect == "TEST_MODE_RECORD" || defect == "REFUND_PENDING_OR_FAILED";
	story.is_card = defect == "MISSING_SETTLEMENT" || defect == "FEE_NOT_RETURNED_ON_REFUND" ||
	                (!is_abroad && !needs_paypal && random.PerMille(400));
	if (defect == "ORPHAN_PAYMENT" || defect == "UNMAPPED_ORDER" || defect == "TEST_MODE_RECORD") {
		SellStray(story);
		return;
	}
	if (defect == "AUTHORIZED_NOT_CAPTURED") { // late enough that PayPal still holds it at the end
		story.sale.at = world_.end() + 2 * day + 12 * hour;
	}
	Change(story, random);
	Tell(story, random);
}

void
Atelier::Change(Story &story, Random &random) {
	const std::string record = OrderRecord(story.sale);
	const Minor total = story.sale.Total();
	const Minor part = Percent(total, random.Between(300, 1500));
	const std::string_view defect = story.defect;
	if (defect == "UNDERPAYMENT") {
		story.captured = total - part;
		Plant(story, record, part);
	} else if (defect == "OVERCAPTURE") {
		story.captured = total + part;
		Plant(story, record, part);
	} else if (defect == "DUPLICATE_PAYMENT" || defect == "DUPLICATE_CAPTURE") {
		Plant(story, record, total);
	} else if (defect == "CURRENCY_MISMATCH") {
		story.charge_money = us_dollar;
		Plant(story, record, total);
	} else if (defect == "DELETED_OR_VOID_WITH_MONEY") {
		story.is_posted = false;
		Plant(story, record, total);
	} else if (defect == "POSTING_MISSING") {
		story.is_posted = false;
		Plant(story, record, total);
	} else if (defect == "POSTING_DUPLICATE" || defect == "MISSING_SETTLEMENT") {
		Plant(story, record, total);
	} else if (defect == "POSTING_AMOUNT_MISMATCH") {
		story.posted = total + part;
		Plant(story, record, part);
	} else if (defect.starts_with("AUTHORIZ") || defect == "PAYMENT_PENDING_TOO_LONG") {
		story.is_charged = false;
		Plant(story, record, total);
	}
}

void
Atelier::Charge(const Story &story, int part, Minor amount, Seconds at, std::string_view authorization) {
	const Sale &sale = story.sale;
	const std::string id = PaymentId(story, part);
	if (story.is_card) {
		stripe_world::Charge charge;
		charge.id = id;
		charge.amount = charge.captured = amount;
		charge.money = story.charge_money;
		charge.at = at;
		charge.metadata_key = "order_key";
		charge.metadata_value = woocommerce_world::OrderKey(sale);
		world_.Send(at + 4, stripe, "charge", stripe_world::ChargePayload(charge));
		world_.Group(sale.number, "stripe:charge:" + id);
		if (story.defect != "MISSING_SETTLEMENT") {
			balance_.Add(charge.money, {"charge", id, amount, Fee(amount), at});
			if (sale.number % 3 == 0) { // some of it is kept back for five days
				balance_.Add(charge.money, {"reserve_transaction", "rsv_k" + id, -300, 0, at});
				balance_.Add(charge.money, {"reserve_transaction", "rsv_r" + id, 300, 0, at + 5 * day});
			}
		}
		return;
	}
	paypal_world::Capture capture{id,
	                              Code("O", sale.number, base36, 16),
	                              std::string(authorization),
	                              amount,
	                              Fee(amount),
	                              story.charge_money,
	                              at,
	                              "COMPLETED",
	                              "WC-" + sale.name};
	if (part != 1) {
		capture.order = Code("P", sale.number, base36, 16);
	}
	world_.Send(at + 4, paypal, "capture", paypal_world::CapturePayload(capture, at));
	world_.Send(at + 4 * hour, paypal, "transaction",
	            paypal_world::Transaction(id, "T0006", "", amount, capture.fee, story.charge_money, at));
	world_.Group(sale.number, "paypal:capture:" + id);
	in_paypal_[story.charge_money.code] += amount - capture.fee;
}

void
Atelier::Tell(const Story &story, Random &random) {
	const Sale &sale = story.sale;
	const Minor total = sale.Total();
	const std::string_view method = story.is_card ? "stripe" : "ppcp-gateway";
	world_.Group(sale.number, OrderRecord(sale));
	if (!story.is_charged) {
		Reserve(story);
		return;
	}
	const std::string first = woocommerce_world::Order(sale, "processing", method, PaymentId(story, 1),
	                                                   sale.at + minute, sale.at + minute);
	world_.Send(sale.at + minute, shop, "order", first);
	if (story.defect.empty() && !world_.options().is_clean && random.PerMille(10)) {
		world_.Send(sale.at + 2 * day, shop, "order", first);
		world_.Plant("DUPLICATE_EVENT", OrderRecord(sale), 0, sale.money, false);
	}
	if (story.defect == "DUPLICATE_CAPTURE") {
		const std::string authorization = Code("A", sale.number, base36, 16);
		world_.Send(sale.at + 10, paypal, "authorization",
		            paypal_world::Authorization(authorization, "WC-" + sale.name, total, sale.money, sale.at,
		                                        sale.at + 29 * day, "CAPTURED"));
		Charge(story, 1, total, sale.at + 30, authorization);
		Charge(story, 2, total, sale.at + 35, authorization);
	} else {
		Charge(story, 1, story.captured, sale.at + 30);
	}
	if (story.defect == "DUPLICATE_PAYMENT") { // the buyer came back after 45 minutes; the shop was not told
		Charge(story, 2, total, sale.at + 45 * minute);
	}
	if (story.defect == "DELETED_OR_VOID_WITH_MONEY") {
		world_.Send(sale.at + 3 * hour, shop, "order",
		            woocommerce_world::Order(sale, "cancelled", method, PaymentId(story, 1), sale.at + minute,
		                                     sale.at + 3 * hour));
	}
	if (story.is_posted) {
		Post(story);
	}
	TellReturns(story, random);
	if (story.defect == "DUPLICATE_ORDER_RETRY") { // the checkout was sent twice, and both were paid
		Story again = story;
		again.defect = "NONE";
		again.sale.id += 50'000'000;
		again.sale.name = std::to_string(again.sale.id);
		again.sale.number += 50'000'000;
		again.sale.at += minute;
		Tell(again, random);
		Plant(story, OrderRecord(again.sale), total);
	} else if (story.defect.empty() &&
	           random.PerMille(60)) { // the same cart again, a day later, is a new order
		Story again = story;
		again.defect = "NONE";
		again.sale.id += 60'000'000;
		again.sale.name = std::to_string(again.sale.id);
		again.sale.number += 60'000'000;
		again.sale.at += day;
		Tell(again, random);
	}
}

// Money that is promised and not taken.
void
Atelier::Reserve(const Story &story) {
	const Sale &sale = story.sale;
	const Minor total = sale.Total();
	world_.Send(sale.at + minute, shop, "order",
	            woocommerce_world::Order(sale, "on-hold", "ppcp-gateway", "", 0, sale.at + minute));
	if (story.defect == "PAYMENT_PENDING_TOO_LONG") {
		const paypal_world::Capture capture{PaymentId(story, 1),
		                                    Code("O", sale.number, base36, 16),
		                                    "",
		                                    total,
		                                    0,
		                                    sale.money,
		                                    sale.at,
		                                    "PENDING",
		                                    "WC-" + sale.name};
		world_.Send(sale.at + 30, paypal, "capture", paypal_world::CapturePayload(capture, sale.at));
	} else {
		world_.Send(sale.at + 30, paypal, "authorization",
		            paypal_world::Authorization(Code("A", sale.number, base36, 16), "WC-" + sale.name, total,
		                                        sale.money, sale.at, sale.at + 29 * day, "CREATED"));
	}
	Post(story);
}

void
Atelier::Post(const Story &story) {
	const Sale &sale = story.sale;
	const auto id = [&](int copy) {
		return Code("5a0c1d2e-0000-4000-8000-" + std::to_string(copy), sale.number, "0123456789", 11);
	};
	world_.Send(sale.at + 9 * hour, books, "invoice",
	            xero_world::Invoice(id(1), sale.name, story.posted, sale.money, sale.at + 9 * hour, "PAID",
	                                sale.at + 9 * hour));
	world_.Group(sale.number, "xero:invoice:" + id(1));
	if (story.defect == "POSTING_DUPLICATE") {
		world_.Send(sale.at + 15 * hour, books, "invoice",
		            xero_world::Invoice(id(2), "Order #" + sale.name, story.posted, sale.money,
		                                sale.at + 15 * hour, "AUTHORISED", sale.at + 15 * hour));
	}
}

void
Atelier::GiveBack(const Story &story, int index, Minor amount, Seconds at, bool is_in_shop,
                  bool is_at_processor, std::string_view status) {
	const Sale &sale = story.sale;
	const bool has_moved = status == "COMPLETED";
	const std::string id = story.is_card ? Code("re_3M" + std::to_string(index), sale.number, base36, 16)
	                                     : Code(std::to_string(index) + "R", sale.number, base36, 15);
	if (is_in_shop) {
		std::vector<woocommerce_world::RefundNote> &notes = notes_[sale.id];
		notes.push_back(
		    {90'000'000 + sale.id * 10 + index, amount, at, story.is_card && is_at_processor ? id : ""});
		world_.Send(at + 10, shop, "refund", woocommerce_world::Refund(sale, notes.back()));
		world_.Send(at + 20, shop, "order",
		            woocommerce_world::Order(sale, "processing", story.is_card ? "stripe" : "ppcp-gateway",
		                                     PaymentId(story, 1), sale.at + minute, at + 20, notes));
	}
	if (is_at_processor && story.is_card) {
		world_.Send(
		    at + 3, stripe, "refund",
		    stripe_world::RefundPayload(id, PaymentId(story, 1), amount, sale.money, at, "succeeded"));
		// It was agreed that Stripe gives its fee back with a refund, in proportion.
		const Minor share = (Fee(story.captured) * amount + story.captured / 2) / story.captured;
		const bool is_kept = story.defect == "FEE_NOT_RETURNED_ON_REFUND";
		balance_.Add(sale.money, {"refund", id, -amount, is_kept ? 0 : -share, at});
		if (is_kept) {
			Plant(story, OrderRecord(sale), share);
		}
	} else if (is_at_processor) {
		paypal_world::Capture capture;
		capture.id = PaymentId(story, 1);
		capture.money = sale.money;
		world_.Send(at + 3, paypal, "refund", paypal_world::Refund(id, capture, amount, at, status));
		if (has_moved) {
			world_.Send(at + 4 * hour, paypal, "transaction",
			            paypal_world::Transaction(id, "T1107", capture.id, -amount, 0, sale.money, at));
			in_paypal_[sale.money.code] -= amount;
		}
	}
	if (has_moved) {
		const std::string note =
		    Code("6b0c1d2e-0000-4000-8000-" + std::to_string(index), sale.number, "0123456789", 11);
		world_.Send(at + 10 * hour, books, "credit_note",
		            xero_world::CreditNote(note, sale.name, amount, sale.money, at + 10 * hour));
	}
}

void
Atelier::TellReturns(const Story &story, Random &random) {
	const Sale &sale = story.sale;
	const Minor total = sale.Total();
	const Minor half = total / 2;
	const Seconds at = sale.at + 5 * day;
	const std::string record = OrderRecord(sale);
	const std::string_view defect = story.defect;
	if (defect.empty()) {
		if (random.PerMille(120)) {
			GiveBack(story, 1, half, at, true, true, "COMPLETED");
			if (random.PerMille(300)) {
				GiveBack(story, 2, half, at + 2 * day, true, true, "COMPLETED");
			}
		}
	} else if (defect == "OVER_REFUND") {
		GiveBack(story, 1, total, at, true, true, "COMPLETED");
		GiveBack(story, 2, half, at + day, true, true, "COMPLETED");
		Plant(story, record, half);
	} else if (defect == "FEE_NOT_RETURNED_ON_REFUND") {
		GiveBack(story, 1, half, at, true, true, "COMPLETED");
	} else if (defect == "DUPLICATE_REFUND") {
		GiveBack(story, 1, half, at, true, true, "COMPLETED");
		GiveBack(story, 2, half, at + 90, true, true, "COMPLETED");
		Plant(story, record, half);
	} else if (defect == "REFUND_NOT_AT_GATEWAY") { // a manual refund only marks the order
		GiveBack(story, 1, half, at, true, false, "COMPLETED");
		Plant(story, record, half);
	} else if (defect == "REFUND_NOT_IN_SHOP") {
		GiveBack(story, 1, half, at, false, true, "COMPLETED");
		Plant(story, record, half);
	} else if (defect == "REFUND_PENDING_OR_FAILED") {
		GiveBack(story, 1, half, at, false, true, "PENDING");
		Plant(story, record, half);
	} else if (defect.starts_with("CHARGEBACK")) {
		const bool is_open = defect == "CHARGEBACK_OPEN";
		paypal_world::Capture capture;
		capture.id = PaymentId(story, 1);
		capture.amount = total;
		capture.money = sale.money;
		if (!is_open) {
			GiveBack(story, 1, half, at, true, true, "COMPLETED");
		}
		world_.Send(at + day, paypal, "dispute",
		            paypal_world::Dispute(Code("PP-D-", sale.number, "0123456789", 6), capture, at + day,
		                                  is_open ? "" : "RESOLVED_BUYER_FAVOUR"));
		world_.Send(at + day + hour, paypal, "transaction",
		            paypal_world::Transaction(Code("V", sale.number, base36, 16), "T1106", capture.id, -total,
		                                      0, sale.money, at + day));
		in_paypal_[sale.money.code] -= total;
		Plant(story, record, is_open ? total : half);
	}
	notes_.erase(sale.id);
}

void
Atelier::SellStray(const Story &story) {
	const Sale &sale = story.sale;
	const bool is_test = story.defect == "TEST_MODE_RECORD";
	const Minor total = sale.Total();
	paypal_world::Capture capture{PaymentId(story, 1),
	                              Code("O", sale.number, base36, 16),
	                              "",
	                              total,
	                              Fee(total),
	                              sale.money,
	                              sale.at,
	                              "COMPLETED",
	                              story.defect == "UNMAPPED_ORDER" ? "WC-" + sale.name : "",
	                              is_test};
	world_.Send(sale.at, paypal, "capture", paypal_world::CapturePayload(capture, sale.at));
	const std::string record = "paypal:capture:" + capture.id;
	if (is_test) {
		world_.Plant(story.defect, record, 0, sale.money, false);
		return;
	}
	in_paypal_[sale.money.code] += total - capture.fee;
	Plant(story, record, total);
}

void
Atelier::Receive(std::string_view id, Minor amount, Money money, Seconds at, const std::string &text) {
	world_.Send(at + 5 * hour, bank, "line",
	            bank_world::Line("giro-" + std::string(id), amount, money, at, text));
}

// Each currency of the PayPal balance goes to the bank once a week.
void
Atelier::Withdraw(Seconds midnight) {
	for (auto &[code, amount] : in_paypal_) {
		if (amount <= 0) {
			continue;
		}
		const Money money = code == euro.code ? euro : us_dollar;
		const std::string id = Code("W", ++withdrawal_count_, base36, 16);
		const Seconds at = midnight + 6 * hour;
		world_.Send(at, paypal, "transaction",
		            paypal_world::Transaction(id, "T0403", "", -amount, 0, money, at));
		if (!world_.options().is_clean && withdrawal_count_ % 7 == 3) {
			world_.Plant("PAYOUT_NOT_IN_BANK", "paypal:transaction:" + id + ":T0403", amount, money);
		} else {
			Receive(id, amount, money, at + day, "PAYPAL EUROPE TRANSFER");
		}
		amount = 0;
	}
}

void
Atelier::CloseDay(Seconds midnight) {
	for (const PaidOut &payout : balance_.PayOut(midnight, midnight >= world_.last_day(),
	                                             [](const PaidOut &) { return PayoutFault{}; })) {
		if (!world_.options().is_clean && midnight < world_.last_day() && ++payout_count_ % 15 == 4) {
			world_.Plant("PAYOUT_NOT_IN_BANK", "stripe:payout:" + payout.id, payout.amount, payout.money);
		} else {
			Receive(payout.id, payout.amount, payout.money, payout.arrival_at, "STRIPE " + payout.id);
		}
	}
	if ((midnight - world_.options().start) / day % withdrawal_days == 0) {
		Withdraw(midnight);
	}
}

} // namespace

std::unique_ptr<Business>
MakeAtelier(World &world) {
	return std::make_unique<Atelier>(world);
}

} // namespace meshline::sample
