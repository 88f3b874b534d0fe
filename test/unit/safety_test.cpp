// SPDX-License-Identifier: PostgreSQL
// What is true of every payload that the connectors read, good or bad: facts or problems, never a crash,
// and no text that a database could not hold.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory_resource>
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

const std::vector<std::string> connectors{"shopify", "stripe", "netsuite", "quickbooks",
                                          "amazon",  "xero",   "hubspot",  "bank"};

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
		for (const std::string_view text :
		     {fact.external_id, fact.object, fact.path, fact.currency, fact.processor}) {
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
		for (const auto &entry :
		     std::filesystem::directory_iterator(test::SourcePath("test/fixtures/" + connector))) {
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
	std::vector<std::string> payloads{
	    "",
	    " ",
	    "{",
	    "}",
	    "[]",
	    "{}",
	    "null",
	    "true",
	    "0",
	    "\"\"",
	    "[{}]",
	    "[[[]]]",
	    "<xml/>",
	    "a,b,c",
	    "{\"id\":",
	    "{\"id\":1",
	    "{\"id\":1}}",
	    "{\"id\":\"\\u0000\"}",
	    "{\"id\":[1,2]}",
	    "{\"id\":{\"id\":{}}}",
	    "{\"id\":1e999999}",
	    "{\"Id\":-0}",
	    "{\"id\":\"\xFF\"}",
	    std::string("{\"id\":\"a\0\"}", 11),
	    R"({"id":1,"total_price":{},"currency":[],"line_items":7,"refunds":"x","updated_at":{"a":1},"name":[]})",
	    R"({"id":1,"total_price":99999999999999999999999999,"currency":"USD"})",
	    R"({"id":"evt","created":{},"data":{"object":[]}})",
	    R"({"data":{"object":{"object":"charge"}}})",
	    R"({"Id":"1","Line":{"Amount":{"x":1},"DetailType":"DepositLineDetail"},"MetaData":[]})",
	    std::string(10'000, '['),
	    std::string(10'000, '[') + std::string(10'000, ']')};
	std::string large = R"({"id":1,"currency":"USD","total_price":"1","note":")" +
	                    std::string(5'000'000, 'x') + R"(","line_items":[)";
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
				const Extraction extraction =
				    extractor.Extract(*sample.definition, sample.object, sample.payload, {{}, "USD"}, &arena);
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
    {"quickbooks", "credit_memo", "quickbooks/CreditMemo.jsonl", 1},
    {"quickbooks", "journal_entry", "quickbooks/JournalEntry.jsonl", 1},
    {"amazon", "order", "amazon/notification_OrderChange", 1},
    {"amazon", "financial_event", "amazon/notification_TransactionUpdate", 1},
    {"xero", "invoice", "xero/Invoices.jsonl", 1},
    {"xero", "payment", "xero/Payments.jsonl", 1},
    {"xero", "credit_note", "xero/CreditNotes.jsonl", 1},
    {"xero", "bank_transaction", "xero/BankTransactions.jsonl", 1},
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
			const Extraction extraction =
			    extractor.Extract(*definition, sample.object, payload, {{}, "USD"}, &arena);
			ExpectSound(extraction);
			bool is_valid = !extraction.facts.empty() && extraction.problems.empty();
			for (const Fact &fact : extraction.facts) {
				is_valid = is_valid && fact.problems.empty();
			}
			valid += is_valid ? 1 : 0;
		}
		std::printf("%-48s %3zu of %3zu valid\n", sample.file, valid, payloads.size());
		EXPECT_GE(static_cast<double>(valid), sample.share * static_cast<double>(payloads.size()))
		    << sample.file;
	}
}

} // namespace
} // namespace meshline
