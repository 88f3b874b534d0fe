// SPDX-License-Identifier: PostgreSQL
// The connectors that come with meshline, on one family of linked documents: order #2041 of 118.40 USD,
// captured as ch_3Oz0charge0000, of which 20.00 went back, settled in po_1Oz2payout00000.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "core/extract.hpp"
#include "core/text.hpp"
#include "extraction.hpp"

namespace meshline {
namespace {

using test::Connector;
using test::Extracted;
using test::Fixture;
using test::Identifiers;
using test::ProblemTexts;
using Ids = std::set<std::string>;
using Texts = std::vector<std::string>;

Extracted
Read(std::string_view connector, std::string_view object, std::string_view fixture) {
	const std::string name = std::string(connector) + "/" + std::string(fixture.empty() ? object : fixture);
	Extracted extracted = test::Extract(*Connector(connector), object, Fixture(name), {{}, "USD"});
	EXPECT_EQ(ProblemTexts(extracted.extraction.problems), Texts{}) << name;
	for (const Fact &fact : extracted.extraction.facts) {
		EXPECT_EQ(ProblemTexts(fact.problems), Texts{}) << name << " " << fact.external_id;
	}
	return extracted;
}

// "payment paid USD 11840"
std::string
Summary(const Fact &fact) {
	std::string text(Name(fact.kind));
	text.append(" ").append(Name(fact.status));
	if (fact.posting != Posting::none) {
		text.append(" ").append(Name(fact.posting));
	}
	if (!fact.currency.empty()) {
		text.append(" ").append(fact.currency);
	}
	text += fact.amount ? " " + std::to_string(*fact.amount) : "";
	text += fact.fee ? " fee " + std::to_string(*fact.fee) : "";
	text += fact.net ? " net " + std::to_string(*fact.net) : "";
	text += fact.is_summary ? " summary" : "";
	return text + (fact.is_test ? " test" : "");
}

TEST(Shopify, Order) {
	const Extracted read = Read("shopify", "order", "");
	ASSERT_EQ(read.extraction.facts.size(), 4U);
	const Fact &order = read.fact(0);
	EXPECT_EQ(Summary(order), "order partially_refunded USD 11840");
	EXPECT_EQ(order.external_id, "5123456789012");
	EXPECT_EQ(order.line_count, 2);
	EXPECT_EQ(order.occurred_at, 1710052200000000);
	EXPECT_EQ(order.version_at, 1710249330000000);
	EXPECT_EQ(Identifiers(order),
	          (Ids{"own shopify.order/5123456789012", "own order_name/2041 store", "own order_number/2041 store weak",
	               "ref shopify.checkout_token/c0ffee00aa11bb22cc33dd44ee55ff66 weak", "ref email/ada.byron@mail.example weak"}));
	EXPECT_EQ(Summary(read.fact(1)), "refund paid USD 2000 summary");
	EXPECT_EQ(Identifiers(read.fact(1)), (Ids{"own shopify.refund/3001", "ref shopify.order/5123456789012"}));
	const Fact &transaction = read.fact(2);
	EXPECT_EQ(Summary(transaction), "refund paid USD 2000");
	EXPECT_EQ(transaction.path, "refunds[0].transactions[0]");
	EXPECT_EQ(transaction.processor, "stripe");
	EXPECT_EQ(test::Text(*transaction.about), "ref shopify.transaction/9002");
	EXPECT_EQ(Identifiers(transaction),
	          (Ids{"own shopify.transaction/9003", "same stripe.refund/re_1Oz1aaaabbbbcccc",
	               "ref shopify.order/5123456789012", "ref shopify.transaction/9002"}));
	EXPECT_EQ(Summary(read.fact(3)), "fulfillment paid");
	EXPECT_EQ(Identifiers(read.fact(3)), (Ids{"own shopify.fulfillment/4001", "ref shopify.order/5123456789012"}));
}

TEST(Shopify, OrderFromGraphql) {
	const Extracted read = Read("shopify", "order", "order_graphql");
	EXPECT_EQ(Summary(read.fact()), "order paid JPY 11840");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own shopify.order/5123456789013", "own order_name/JP-2042 store"}));
}

TEST(Shopify, DeletedOrder) {
	const Extracted read = Read("shopify", "order", "order_deleted");
	EXPECT_EQ(Summary(read.fact()), "order deleted");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own shopify.order/5123456789012"}));
}

TEST(Shopify, OrderWithoutATotal) {
	const Extracted read =
	    test::Extract(*Connector("shopify"), "order", R"({"id":1,"name":"#1","currency":"USD","cancelled_at":"2024-01-01T00:00:00Z"})");
	EXPECT_EQ(Summary(read.fact()), "order voided USD");
	EXPECT_EQ(ProblemTexts(read.fact().problems), Texts{"amount (total_price): is missing"});
}

TEST(Shopify, Transactions) {
	const Extracted authorization = Read("shopify", "transaction", "transaction_authorization");
	EXPECT_EQ(Summary(authorization.fact()), "payment authorized USD 11840");
	EXPECT_FALSE(authorization.fact().about);
	EXPECT_EQ(Identifiers(authorization.fact()),
	          (Ids{"own shopify.transaction/9001", "same stripe.charge/ch_3Oz0charge0000",
	               "same stripe.payment_intent/pi_3Oz0intent0000", "ref shopify.order/5123456789012"}));
	const Extracted capture = Read("shopify", "transaction", "transaction_capture");
	EXPECT_EQ(Summary(capture.fact()), "payment paid USD 11840");
	EXPECT_EQ(Identifiers(capture.fact()),
	          (Ids{"own shopify.transaction/9002", "same stripe.charge/ch_3Oz0charge0000",
	               "same stripe.payment_intent/pi_3Oz0intent0000", "ref shopify.order/5123456789012", "ref shopify.transaction/9001"}));
}

TEST(Shopify, TransactionStates) {
	const auto definition = Connector("shopify");
	const auto state = [&](const std::string &kind, const std::string &status) {
		return Summary(test::Extract(*definition, "transaction",
		                             R"({"id":1,"amount":"5.00","currency":"USD","kind":")" + kind + R"(","status":")" + status + "\"}")
		                   .fact());
	};
	EXPECT_EQ(state("sale", "success"), "payment paid USD 500");
	EXPECT_EQ(state("sale", "pending"), "payment pending USD 500");
	EXPECT_EQ(state("sale", "failure"), "payment failed USD 500");
	EXPECT_EQ(state("void", "success"), "payment voided USD 500");
	EXPECT_EQ(state("void", "error"), "payment failed USD 500");
	EXPECT_EQ(state("refund", "success"), "refund paid USD 500");
	EXPECT_EQ(state("REFUND", "SUCCESS"), "refund paid USD 500");
	EXPECT_EQ(state("CAPTURE", "SUCCESS"), "payment paid USD 500");
	EXPECT_EQ(state("sale", "strange"), "payment unknown USD 500");
}

TEST(Stripe, Charge) {
	const Extracted read = Read("stripe", "charge", "");
	EXPECT_EQ(Summary(read.fact()), "payment paid USD 11840");
	EXPECT_EQ(read.fact().version_sequence, 2000 * 16 + 4);
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own stripe.charge/ch_3Oz0charge0000", "same stripe.payment_intent/pi_3Oz0intent0000",
	               "ref stripe.balance_transaction/txn_3Oz0charge0000", "ref $store.order/5123456789012",
	               "ref order_name/2041 store"}));
}

TEST(Stripe, ChargeStates) {
	const auto definition = Connector("stripe");
	const auto state = [&](const std::string &members) {
		return Summary(test::Extract(*definition, "charge", R"({"id":"ch_1","currency":"usd","amount":500,)" + members + "}").fact());
	};
	EXPECT_EQ(state(R"("status":"succeeded","captured":true,"amount_captured":400)"), "payment paid USD 400");
	EXPECT_EQ(state(R"("status":"succeeded","captured":true)"), "payment paid USD 500");
	EXPECT_EQ(state(R"("status":"succeeded","captured":false,"amount_captured":0)"), "payment authorized USD 500");
	EXPECT_EQ(state(R"("status":"succeeded","captured":false,"refunded":true)"), "payment voided USD 500");
	EXPECT_EQ(state(R"("status":"pending")"), "payment pending USD 500");
	EXPECT_EQ(state(R"("status":"failed","captured":false)"), "payment failed USD 500");
	EXPECT_EQ(state(R"("status":"succeeded","livemode":false)"), "payment paid USD 500 test");
}

TEST(Stripe, DescriptionIsWeakEvidence) {
	const Extracted read = test::Extract(*Connector("stripe"), "charge",
	                                     R"({"id":"ch_1","currency":"usd","amount":500,"description":"In-Person Payment for Order #213 for My Site","metadata":{"order_id":"213"}})");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own stripe.charge/ch_1", "ref $store.order/213", "ref order_name/213 store weak"}));
}

TEST(Stripe, PaymentIntent) {
	const Extracted read = Read("stripe", "payment_intent", "");
	EXPECT_EQ(Summary(read.fact()), "payment paid USD 11840 summary");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own stripe.payment_intent/pi_3Oz0intent0000", "same stripe.charge/ch_3Oz0charge0000"}));
}

TEST(Stripe, Refund) {
	const Extracted read = Read("stripe", "refund", "");
	EXPECT_EQ(Summary(read.fact()), "refund paid USD 2000");
	EXPECT_EQ(test::Text(*read.fact().about), "ref stripe.charge/ch_3Oz0charge0000");
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own stripe.refund/re_1Oz1aaaabbbbcccc", "ref stripe.charge/ch_3Oz0charge0000",
	               "ref stripe.payment_intent/pi_3Oz0intent0000", "ref stripe.balance_transaction/txn_1Oz1refund0000"}));
}

TEST(Stripe, BalanceTransactions) {
	const Extracted charge = Read("stripe", "balance_transaction", "balance_transaction_charge");
	EXPECT_EQ(Summary(charge.fact()), "settlement_line paid USD 11840 fee 373 net 11467");
	EXPECT_EQ(test::Text(*charge.fact().payout), "ref stripe.payout/po_1Oz2payout00000");
	EXPECT_EQ(test::Text(*charge.fact().about), "ref stripe.charge/ch_3Oz0charge0000");
	const Extracted refund = Read("stripe", "balance_transaction", "balance_transaction_refund");
	EXPECT_EQ(Summary(refund.fact()), "settlement_line paid USD -2000 fee 0 net -2000");
	EXPECT_EQ(test::Text(*refund.fact().about), "ref stripe.refund/re_1Oz1aaaabbbbcccc");
	EXPECT_EQ(Identifiers(refund.fact()),
	          (Ids{"own stripe.balance_transaction/txn_1Oz1refund0000", "ref stripe.refund/re_1Oz1aaaabbbbcccc",
	               "ref stripe.charge/ch_3Oz0charge0000", "ref stripe.payment_intent/pi_3Oz0intent0000"}));
	// The payout itself is no line of the payout: its lines would sum to nothing.
	const Extracted payout = Read("stripe", "balance_transaction", "balance_transaction_payout");
	EXPECT_FALSE(payout.fact().payout);
	EXPECT_EQ(Identifiers(payout.fact()), (Ids{"own stripe.balance_transaction/txn_1Oz2payout0000"}));
}

TEST(Stripe, Payout) {
	const Extracted read = Read("stripe", "payout", "");
	EXPECT_EQ(Summary(read.fact()), "payout pending USD 9467");
	EXPECT_EQ(read.fact().expected_at, 1710374400000000);
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own stripe.payout/po_1Oz2payout00000"}));
}

TEST(Stripe, Events) {
	const Extracted read = Read("stripe", "event", "event_charge_refunded");
	EXPECT_EQ(read.extraction.source_event_id, "evt_1Oz1event00000");
	ASSERT_EQ(read.extraction.facts.size(), 2U);
	EXPECT_EQ(Summary(read.fact(0)), "payment paid USD 11840 test");
	EXPECT_EQ(read.fact(0).object, "charge");
	EXPECT_EQ(read.fact(0).version_at, 1710249301000000);
	EXPECT_EQ(Summary(read.fact(1)), "refund paid USD 2000 test");
	const Extracted dispute = test::Extract(*Connector("stripe"), "event", Fixture("stripe/event_dispute"));
	EXPECT_EQ(dispute.extraction.source_event_id, "evt_1Oz1event00001");
	EXPECT_EQ(ProblemTexts(dispute.extraction.problems), Texts{"object (data.object.object): object type 'dispute' is not handled"});
}

TEST(NetSuite, SalesOrderFromSoap) {
	const Extracted read = Read("netsuite", "sales_order", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own netsuite.transaction/18587 connection", "ref order_name/2041 store"}));
}

TEST(NetSuite, CashSaleFromRestAndSuiteql) {
	const Extracted rest = Read("netsuite", "cash_sale", "");
	EXPECT_EQ(Summary(rest.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(Identifiers(rest.fact()), (Ids{"own netsuite.transaction/18600 connection", "ref order_name/2041 store",
	                                         "ref netsuite.transaction/18587 connection"}));
	const Extracted suiteql = Read("netsuite", "cash_sale", "cash_sale_suiteql");
	EXPECT_EQ(Summary(suiteql.fact()), "posting voided sale USD 111840");
	EXPECT_EQ(Identifiers(suiteql.fact()),
	          (Ids{"own netsuite.transaction/18601 connection", "ref $store.order/5123456789012", "ref order_name/2041 store",
	               "ref netsuite.transaction/18587 connection"}));
}

TEST(NetSuite, DepositAndRefund) {
	const Extracted deposit = Read("netsuite", "customer_deposit", "");
	EXPECT_EQ(Summary(deposit.fact()), "posting paid payment USD 11840");
	EXPECT_EQ(Identifiers(deposit.fact()), (Ids{"own netsuite.transaction/18588 connection", "ref order_name/R2041 store",
	                                            "ref netsuite.transaction/18587 connection"}));
	const Extracted refund = Read("netsuite", "customer_refund", "");
	EXPECT_EQ(Summary(refund.fact()), "posting paid refund USD 2000");
	EXPECT_EQ(Identifiers(refund.fact()), (Ids{"own netsuite.transaction/18700 connection", "ref order_name/R2041 store",
	                                           "ref netsuite.transaction/18588 connection"}));
}

TEST(NetSuite, RefundOfSeveralDocumentsTiesNone) {
	const Extracted read = test::Extract(*Connector("netsuite"), "customer_refund",
	                                     R"({"id":1,"total":5,"currency":{"refName":"EUR"},"applyList":{"apply":[{"doc":"7"},{"doc":"8"}]}})");
	EXPECT_EQ(Summary(read.fact()), "posting paid refund EUR 500");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own netsuite.transaction/1 connection"}));
}

TEST(QuickBooks, SalesReceipt) {
	const Extracted read = Read("quickbooks", "sales_receipt", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid sale USD 11840");
	EXPECT_EQ(read.fact().version_sequence, 2 * 16 + 4);
	EXPECT_EQ(Identifiers(read.fact()),
	          (Ids{"own quickbooks.sales_receipt/38 connection", "ref order_name/2041 store", "ref $store.order/5123456789012",
	               "ref stripe.charge/ch_3Oz0charge0000"}));
	EXPECT_EQ(Summary(Read("quickbooks", "sales_receipt", "sales_receipt_voided").fact()), "posting voided sale USD 0");
}

TEST(QuickBooks, Payments) {
	const Extracted one = Read("quickbooks", "payment", "");
	EXPECT_EQ(Summary(one.fact()), "posting paid payment USD 11840");
	EXPECT_EQ(Identifiers(one.fact()),
	          (Ids{"own quickbooks.payment/147 connection", "ref quickbooks.invoice/103 connection",
	               "ref order_name/ch_3Oz0charge0000 store weak", "ref stripe.charge/ch_3Oz0charge0000"}));
	// A payment of two invoices must not tie their orders together.
	const Extracted two = Read("quickbooks", "payment", "payment_of_two_invoices");
	EXPECT_EQ(Identifiers(two.fact()), (Ids{"own quickbooks.payment/148 connection"}));
}

TEST(QuickBooks, RefundReceipt) {
	const Extracted read = Read("quickbooks", "refund_receipt", "");
	EXPECT_EQ(Summary(read.fact()), "posting paid refund USD 2000");
	EXPECT_EQ(Identifiers(read.fact()), (Ids{"own quickbooks.refund_receipt/9 connection", "ref order_name/2041 store",
	                                         "ref stripe.refund/re_1Oz1aaaabbbbcccc"}));
}

TEST(QuickBooks, Deposit) {
	const Extracted read = Read("quickbooks", "deposit", "");
	ASSERT_EQ(read.extraction.facts.size(), 4U); // its subtotal is no line
	EXPECT_EQ(Summary(read.fact(0)), "payout paid USD 9467");
	EXPECT_EQ(Identifiers(read.fact(0)), (Ids{"own quickbooks.deposit/62 connection", "ref stripe.payout/po_1Oz2payout00000 weak"}));
	Minor net = 0;
	for (std::size_t i = 1; i < 4; ++i) {
		net += *read.fact(i).net;
		EXPECT_EQ(test::Text(*read.fact(i).payout), "ref quickbooks.deposit/62 connection");
	}
	EXPECT_EQ(net, *read.fact(0).amount);
	EXPECT_EQ(read.fact(1).external_id, "62:#0");
	EXPECT_EQ(test::Text(*read.fact(1).about), "ref quickbooks.sales_receipt/38 connection");
	EXPECT_EQ(read.fact(2).external_id, "62:1");
	EXPECT_EQ(Identifiers(read.fact(2)), (Ids{"own quickbooks.deposit_line/62:1 connection", "ref stripe.refund/re_1Oz1aaaabbbbcccc"}));
	EXPECT_EQ(Summary(read.fact(3)), "settlement_line paid USD -373 net -373");
	EXPECT_EQ(Summary(Read("quickbooks", "deposit", "deposit_deleted").fact()), "payout deleted USD");
}

// ---- what is true of every payload, good or bad

const std::vector<std::string> connectors{"shopify", "stripe", "netsuite", "quickbooks"};

void
ExpectText(std::string_view text) {
	EXPECT_EQ(text.find('\0'), std::string_view::npos);
	EXPECT_FALSE(FindInvalidUtf8(text));
}

void
ExpectProblem(const Problem &problem) {
	EXPECT_FALSE(problem.reason.empty());
	EXPECT_LE(problem.reason.size(), 700U);
	ExpectText(problem.field);
	ExpectText(problem.path);
	ExpectText(problem.reason);
}

// An extraction says something, and nothing that a database could not hold.
void
ExpectSound(const Extraction &extraction) {
	EXPECT_TRUE(!extraction.facts.empty() || !extraction.problems.empty());
	ExpectText(extraction.source_event_id);
	for (const Problem &problem : extraction.problems) {
		ExpectProblem(problem);
	}
	for (const Fact &fact : extraction.facts) {
		EXPECT_FALSE(fact.external_id.empty());
		EXPECT_FALSE(fact.object.empty());
		EXPECT_GE(fact.version_sequence, 0);
		for (const std::string_view text : {fact.external_id, fact.object, fact.path, fact.currency, fact.processor}) {
			ExpectText(text);
		}
		for (const Identifier &identifier : fact.identifiers) {
			EXPECT_FALSE(IsPlaceholder(identifier.value));
			ExpectText(identifier.value);
		}
		for (const Problem &problem : fact.problems) {
			ExpectProblem(problem);
		}
	}
}

struct Sample {
	std::shared_ptr<const Definition> definition;
	std::string object;
	std::string payload;
};

// Each fixture as the object that its name begins with.
std::vector<Sample>
Samples() {
	std::vector<Sample> samples;
	for (const std::string &connector : connectors) {
		const auto definition = Connector(connector);
		for (const auto &entry : std::filesystem::directory_iterator(test::SourcePath("test/fixtures/" + connector))) {
			const std::string name = entry.path().stem().string();
			std::string object;
			for (const Definition::ObjectInfo &each : definition->objects()) {
				object = name.starts_with(each.name) && each.name.size() > object.size() ? each.name : object;
			}
			EXPECT_NE(object, "") << name;
			samples.push_back({definition, object, test::ReadFile(entry.path().string())});
		}
	}
	return samples;
}

TEST(Connectors, SurviveBrokenPayloads) {
	std::vector<std::string> payloads{"", " ", "{", "}", "[]", "{}", "null", "true", "0", "\"\"", "[{}]", "[[[]]]", "<xml/>", "a,b,c",
	                                  "{\"id\":", "{\"id\":1", "{\"id\":1}}", "{\"id\":\"\\u0000\"}", "{\"id\":[1,2]}", "{\"id\":{\"id\":{}}}",
	                                  "{\"id\":1e999999}", "{\"Id\":-0}", "{\"id\":\"\xFF\"}", std::string("{\"id\":\"a\0\"}", 11),
	                                  R"({"id":1,"total_price":{},"currency":[],"line_items":7,"refunds":"x","updated_at":{"a":1},"name":[]})",
	                                  R"({"id":1,"total_price":99999999999999999999999999,"currency":"USD"})",
	                                  R"({"id":"evt","created":{},"data":{"object":[]}})", R"({"data":{"object":{"object":"charge"}}})",
	                                  R"({"Id":"1","Line":{"Amount":{"x":1},"DetailType":"DepositLineDetail"},"MetaData":[]})",
	                                  std::string(10'000, '['), std::string(10'000, '[') + std::string(10'000, ']')};
	std::string large = R"({"id":1,"currency":"USD","total_price":"1","note":")" + std::string(5'000'000, 'x') + R"(","line_items":[)";
	for (int i = 0; i < 20'000; ++i) {
		large += R"({"id":1,"name":"x"},)";
	}
	payloads.push_back(large + "{}]}");
	Extractor extractor;
	for (const std::string &connector : connectors) {
		const auto definition = Connector(connector);
		for (const Definition::ObjectInfo &object : definition->objects()) {
			for (const std::string &payload : payloads) {
				std::pmr::monotonic_buffer_resource arena;
				ExpectSound(extractor.Extract(*definition, object.name, payload, {}, &arena));
			}
		}
	}
}

TEST(Connectors, SurviveMutations) {
	std::mt19937 random(17);
	Extractor extractor;
	for (const Sample &sample : Samples()) {
		for (int i = 0; i < 400; ++i) {
			std::string payload = sample.payload;
			for (unsigned changes = 1 + random() % 4; changes > 0 && !payload.empty(); --changes) {
				const std::size_t at = random() % payload.size();
				switch (random() % 5) {
				case 0:
					payload[at] = static_cast<char>(random());
					break;
				case 1:
					payload[at] = "{}[]\",:\\0e-nt"[random() % 13];
					break;
				case 2:
					payload.erase(at, 1 + random() % 30);
					break;
				case 3:
					payload.insert(at, payload.substr(random() % payload.size(), random() % 60));
					break;
				default:
					payload.resize(at);
				}
			}
			std::pmr::monotonic_buffer_resource arena;
			ExpectSound(extractor.Extract(*sample.definition, sample.object, payload, {{}, "USD"}, &arena));
		}
	}
}

// A resource that fails at its n-th allocation, and counts what is given back.
class FailingResource : public std::pmr::memory_resource {
public:
	explicit FailingResource(int allowed) : allowed_(allowed) {
	}
	bool
	has_failed() const {
		return allowed_ < 0;
	}

private:
	void *
	do_allocate(std::size_t size, std::size_t alignment) override {
		if (--allowed_ < 0) {
			throw std::bad_alloc();
		}
		return arena_.allocate(size, alignment);
	}
	void
	do_deallocate(void *, std::size_t, std::size_t) override {
	}
	bool
	do_is_equal(const std::pmr::memory_resource &other) const noexcept override {
		return this == &other;
	}

	int allowed_;
	std::pmr::monotonic_buffer_resource arena_;
};

TEST(Connectors, SurviveEveryFailingAllocation) {
	Extractor extractor;
	for (const Sample &sample : Samples()) {
		bool is_complete = false;
		for (int allowed = 0; !is_complete; ++allowed) {
			ASSERT_LT(allowed, 1000);
			FailingResource arena(allowed);
			try {
				const Extraction extraction = extractor.Extract(*sample.definition, sample.object, sample.payload, {{}, "USD"}, &arena);
				EXPECT_FALSE(arena.has_failed());
				ExpectSound(extraction);
				is_complete = true;
			} catch (const std::bad_alloc &) {
				EXPECT_TRUE(arena.has_failed());
			}
		}
	}
}

// ---- other people's samples, where they are at hand

std::vector<std::string>
Lines(const std::string &path) {
	std::vector<std::string> lines;
	std::ifstream file(path);
	for (std::string line; std::getline(file, line);) {
		lines.push_back(line);
	}
	return lines;
}

struct SampleFile {
	const char *connector;
	const char *object;
	const char *file; // a .jsonl file, or the beginning of the names of .json files
	double share;     // of the payloads, at least this much gives facts without problems
};

constexpr SampleFile sample_files[] = {
    {"shopify", "order", "shopify/order.jsonl", 0.9},
    {"shopify", "refund", "shopify/refund.jsonl", 0.6},
    {"shopify", "transaction", "shopify/transaction.jsonl", 1},
    {"shopify", "fulfillment", "shopify/fulfillment.jsonl", 1},
    {"stripe", "charge", "stripe/djstripe/charge_", 1},
    {"stripe", "charge", "stripe/openapi_fixture/charge.", 1},
    {"stripe", "payment_intent", "stripe/djstripe/payment_intent_", 1},
    {"stripe", "payment_intent", "stripe/openapi_fixture/payment_intent.", 1},
    {"stripe", "refund", "stripe/openapi_fixture/refund.", 1},
    {"stripe", "balance_transaction", "stripe/djstripe/balance_transaction_", 1},
    {"stripe", "balance_transaction", "stripe/openapi_fixture/balance_transaction.", 1},
    {"stripe", "payout", "stripe/djstripe/payout_", 1},
    {"stripe", "payout", "stripe/openapi_fixture/payout.", 1},
    {"stripe", "event", "stripe/webhooks/charge.", 0.5}, // disputes are not handled yet
    {"stripe", "event", "stripe/webhooks/payment_intent.", 1},
    {"stripe", "event", "stripe/webhooks/payout.", 1},
    {"netsuite", "sales_order", "netsuite/soap_SalesOrder.jsonl", 1},
    {"netsuite", "customer_deposit", "netsuite/soap_CustomerDeposit.jsonl", 1},
    {"netsuite", "customer_refund", "netsuite/soap_CustomerRefund.jsonl", 1},
    {"quickbooks", "sales_receipt", "quickbooks/SalesReceipt.jsonl", 1},
    {"quickbooks", "payment", "quickbooks/Payment.jsonl", 1},
    {"quickbooks", "refund_receipt", "quickbooks/RefundReceipt.jsonl", 1},
    {"quickbooks", "deposit", "quickbooks/Deposit.jsonl", 1},
    {"quickbooks", "invoice", "quickbooks/Invoice.jsonl", 1},
};

std::vector<std::string>
PayloadsOf(const std::filesystem::path &folder, const std::string &name) {
	if (name.ends_with(".jsonl")) {
		return Lines((folder / name).string());
	}
	std::vector<std::string> payloads;
	for (const auto &entry : std::filesystem::directory_iterator((folder / name).parent_path())) {
		if (entry.path().string().starts_with((folder / name).string())) {
			payloads.push_back(test::ReadFile(entry.path().string()));
		}
	}
	return payloads;
}

TEST(Connectors, ReadTheSamples) {
	const std::filesystem::path folder = test::SourcePath("../shared/data/payloads");
	if (!std::filesystem::is_directory(folder)) {
		GTEST_SKIP() << "there is no " << folder;
	}
	Extractor extractor;
	for (const SampleFile &sample : sample_files) {
		const auto definition = Connector(sample.connector);
		const auto payloads = PayloadsOf(folder, sample.file);
		EXPECT_FALSE(payloads.empty()) << sample.file;
		std::size_t valid = 0;
		for (const std::string &payload : payloads) {
			std::pmr::monotonic_buffer_resource arena;
			const Extraction extraction = extractor.Extract(*definition, sample.object, payload, {{}, "USD"}, &arena);
			ExpectSound(extraction);
			bool is_valid = !extraction.facts.empty() && extraction.problems.empty();
			for (const Fact &fact : extraction.facts) {
				is_valid = is_valid && fact.problems.empty();
			}
			valid += is_valid ? 1 : 0;
		}
		std::printf("%-48s %3zu of %3zu valid\n", sample.file, valid, payloads.size());
		EXPECT_GE(static_cast<double>(valid), sample.share * static_cast<double>(payloads.size())) << sample.file;
	}
}

} // namespace
} // namespace meshline
