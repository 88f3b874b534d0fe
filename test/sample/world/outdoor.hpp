// SPDX-License-Identifier: PostgreSQL
// A shop on Shopify, paid through Stripe, booked in NetSuite; QuickBooks keeps the settlements, and a bank
// receives them. A warehouse sends the goods and takes them back.
#pragma once

#include "stripe_balance.hpp"

namespace meshline::sample {

namespace outdoor {

inline constexpr std::string_view merchant = "Northwind Outdoor";
inline constexpr World::Account shop{merchant, "shopify", "northwind-world.myshopify.com"};
inline constexpr World::Account processor{merchant, "stripe", "acct_1NorthwindWorld"};
inline constexpr World::Account books{merchant, "netsuite", "7654321"};
inline constexpr World::Account deposits{merchant, "quickbooks", "9130357766900777"};
inline constexpr World::Account bank{merchant, "bank", "1000 Checking"};
inline constexpr World::Account warehouse{merchant, "warehouse", "newark"};

inline constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
inline constexpr Minor dispute_fee = 1500;

class OutdoorShop : public Business {
public:
	explicit OutdoorShop(World &world) : world_(world), balance_(world, processor, "1W") {
	}

	void Sell(std::int64_t number, Seconds at) override;
	void CloseDay(Seconds midnight) override;

private:
	// How a sale goes; the defects change it.
	struct Story {
		std::string_view defect;
		Sale sale;
		std::string_view financial = "paid";
		Minor captured = 0;
		Minor posted = 0;
		Minor fee_error = 0;
		Money charge_money = us_dollar;
		bool is_charged = true;
		bool is_settled = true;
		bool is_settled_twice = false;
		bool is_shipped = true;
		bool is_posted = true;
		bool has_cancelled = false;
		netsuite_world::Parts parts; // of the cash sale
		Sale shipped;                // what left
		std::string_view goods;      // what becomes of them afterwards, "" for nothing
		bool is_taken_early = false; // out of the stock when they are ordered
		Minor shop_money = 0;        // the charge in the shop's money, where its transaction states both
		Seconds delay = 0;           // until the order arrives
		Seconds posted_at = 0;       // the date of the cash sale
	};

	// How shop, processor and books tell of one refund.
	struct Return {
		int index = 0;
		Minor amount = 0;
		Minor noted = 0; // by the shop; 0: the amount
		Seconds at = 0;
		bool is_in_shop = true;
		bool is_at_processor = true;
		bool is_by_itself = true; // the shop's refund comes in a row of its own
		std::string_view status = "succeeded";
		Seconds posted_at = 0; // the date in the books; 0: ten hours later
		std::vector<shopify_world::ReturnedLine> lines = {};
		int charge = 1; // which of the order's
	};

	using Pieces = std::vector<warehouse_world::Pieces>;

	static std::string
	OrderRecord(const Sale &sale) {
		return "shopify:order:" + std::to_string(sale.id);
	}
	static std::string
	ChargeId(std::int64_t number, int part) {
		return Code("ch_3W" + std::to_string(part), number, base62, 18);
	}
	static bool
	IsExchange(const Story &story) {
		return story.goods == "EVEN" || story.goods == "DEARER" || story.goods == "CHEAPER";
	}
	static Pieces PiecesOf(const Sale &sale, int sign);
	static shopify_world::ReturnedLine Back(const Sale &sale, std::size_t line, int quantity,
	                                        std::string_view restock_type);
	static Minor
	Fee(Minor amount, Money money) {
		return Percent(amount, 290) + (money.exponent == 2 ? 30 : 0);
	}

	void Plant(const Story &story, std::string_view record, Minor amount);
	void Change(Story &story, Random &random);
	void ChangeParts(Story &story);
	void TellChanges(const Story &story);
	void Tell(Story story, Random &random);
	void Charge(const Story &story, int part, Minor amount, Seconds at);
	void GiveBack(const Story &story, Return back, std::vector<shopify_world::RefundNote> &notes);
	void TellReturns(const Story &story, Random &random);
	void Dispute(const Story &story, std::string_view status, bool is_credited);
	void SellStray(const Story &story);
	void SellAgain(const Story &story);
	void Reserve(const Story &story);
	void CaptureInParts(const Story &story);
	void CaptureLate(const Story &story);
	void ChangeDates(Story &story);
	void ChooseGoods(Story &story);
	void ChangeGoods(Story &story);
	void Move(const Sale &sale, int number, std::string_view reason, const Pieces &pieces, Seconds at);
	void TakeEarly(const Story &story);
	void TakeOut(const Story &story, int number, Pieces pieces, Seconds at);
	void PutBack(const Story &story, int number, const warehouse_world::Pieces &back, Seconds at);
	void ReturnGoods(const Story &story);
	void ExchangeGoods(const Story &story);

	World &world_;
	StripeBalance balance_;
	std::int64_t count_ = 0;
	std::int64_t payout_count_ = 0;
};

} // namespace outdoor

} // namespace meshline::sample
