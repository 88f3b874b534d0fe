#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Turns the samples of ledgers, marketplace and CRM below a folder into rows to stage.

payloads_ledger.py DATA OUT writes OUT/payloads.csv (system, object, file, payload), OUT/left_out.csv
(system, file, why) and OUT/typed.sql, which makes and fills a table per Fivetran file.
"""
import csv
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

NO_TABLE = "the contract has no staging table for it"

# Whole files, one object per line.
LINES = {
    "xero": {
        "Invoices": "invoice",
        "Payments": "payment",
        "CreditNotes": "credit_note",
        "BankTransactions": "bank_transaction",
    },
    "quickbooks": {
        "Invoice": "invoice",
        "Payment": "payment",
        "SalesReceipt": "sales_receipt",
        "RefundReceipt": "refund_receipt",
        "CreditMemo": "credit_memo",
        "Deposit": "deposit",
        "JournalEntry": "journal_entry",
    },
    "netsuite": {
        "soap_SalesOrder": "sales_order",
        "soap_CustomerDeposit": "customer_deposit",
        "soap_CustomerRefund": "customer_refund",
    },
}
TYPED = {
    "amazon": {"orders": "order"},
    "xero": {
        "xero_invoice_data": "invoice",
        "xero_credit_note_data": "credit_note",
        "xero_bank_transaction_data": "bank_transaction",
    },
    "hubspot": {"deal_data": "deal", "contact_data": "contact"},
    "quickbooks": {
        "invoice_data": "invoice",
        "payment_data": "payment",
        "sales_receipt_data": "sales_receipt",
        "refund_receipt_data": "refund_receipt",
        "credit_memo_data": "credit_memo",
        "deposit_data": "deposit",
        "journal_entry_data": "journal_entry",
    },
}
# What stands for a column's type, the first that all of its values have.
TYPES = [
    ("bigint", re.compile(r"-?\d{1,18}")),
    ("numeric", re.compile(r"-?\d*\.?\d+")),
    ("boolean", re.compile(r"(?i)true|false")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("timestamp", re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d(:\d\d(\.\d+)?)?")),
    ("timestamptz", re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? (UTC|[-+]\d+)")),
    ("text", re.compile(r"(?s).*")),
]


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def as_list(value):
    return value if isinstance(value, list) else [value]


def element_to_json(element):
    """Attributes become "@name", namespaces go, repeated elements become lists."""
    result = {"@" + key.split("}")[-1]: value for key, value in element.attrib.items()}
    for child in element:
        name = child.tag.split("}")[-1]
        value = element_to_json(child)
        if name in result:
            result[name] = as_list(result[name]) + [value]
        else:
            result[name] = value
    return result if result else (element.text or "").strip()


class Samples:
    def __init__(self, data, out):
        self.data = data
        self.out = out
        self.payloads = []
        self.left_out = []
        self.typed = []

    def add(self, system, name, object_name, *payloads):
        for payload in payloads:
            self.payloads.append((system, object_name, name, json.dumps(payload, ensure_ascii=False)))

    def leave(self, system, name, why=NO_TABLE):
        self.left_out.append((system, name, why))

    def amazon(self):
        folder = self.data / "amazon"
        for version, many in (("spapi_ordersV0", "Orders"), ("spapi_orders_2026-01-01", "orders")):
            for line in read_lines(folder / f"{version}.jsonl"):
                path, response = line["path"], line["response"]
                if path.endswith("/orders"):
                    self.add("amazon", version, "order", *response.get("payload", response)[many])
                elif path.endswith("/{orderId}"):
                    self.add("amazon", version, "order", response)
                else:
                    self.leave("amazon", f"{version} {path}")
        for line in read_lines(folder / "spapi_financesV0.jsonl"):
            self.add("amazon", "spapi_financesV0", "financial_event", line["response"])
        for line in read_lines(folder / "spapi_finances_2024-06-19.jsonl"):
            response = line["response"]
            if line.get("definition") == "Transaction":
                self.add("amazon", "spapi_finances_2024-06-19", "financial_event", response)
            elif "transactions" in response.get("payload", {}):
                self.add("amazon", "spapi_finances_2024-06-19", "financial_event", *response["payload"]["transactions"])
            else:
                self.leave("amazon", f"spapi_finances_2024-06-19 {line.get('path', line.get('definition'))}")
        notices = {"OrderChange": "order", "TransactionUpdate": "financial_event"}
        for path in sorted(folder.glob("notification_*.json")):
            kind = path.stem.removeprefix("notification_").removesuffix("Notification")
            if kind in notices:
                self.add("amazon", path.stem, notices[kind], read_json(path))
            else:
                self.leave("amazon", path.stem)
        for path in sorted(folder.glob("*.tsv")):
            with open(path, encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file, delimiter="\t"))
            # Rows may be shorter than the head.
            self.add("amazon", path.stem, "settlement_line", *(dict(zip(rows[0], row)) for row in rows[1:]))
        for name in ("spapi_transfers_2024-06-01", "spapi_financesInvoices_2026-06-25"):
            self.leave("amazon", name)
        self.leave("amazon", "settlement_v2_fee_codes", "a list of words, no payload")

    def xero(self):
        for path in sorted((self.data / "xero").glob("openapi_*.jsonl")):
            collection = path.stem.removeprefix("openapi_")
            object_name = LINES["xero"].get(collection)
            if object_name is None:
                self.leave("xero", path.stem)
                continue
            for line in read_lines(path):
                self.add("xero", path.stem, object_name, *line["response"].get(collection, []))
        self.leave("xero", "webhooks_openapi", "its events carry ids only, no data")

    def hubspot(self):
        folder = self.data / "hubspot"
        objects = {"dlt_deals_data": "deal", "dlt_contacts_data": "contact", "dlt_contacts_with_history": "contact"}
        for path in sorted(folder.glob("*.json")):
            if path.stem in objects:
                self.add("hubspot", path.stem, objects[path.stem], *read_json(path)["results"])
            elif path.stem.startswith("spec_"):
                self.leave("hubspot", path.stem, "a schema, no payload")
            else:
                self.leave("hubspot", path.stem)

    def quickbooks(self):
        folder = self.data / "quickbooks"
        for line in read_lines(folder / "airbyte_expected_records_excerpt.jsonl"):
            object_name = line["stream"].removesuffix("s")
            if object_name in LINES["quickbooks"].values():
                self.add("quickbooks", "airbyte_expected_records_excerpt", object_name, line["data"])
            else:
                self.leave("quickbooks", f"airbyte_expected_records_excerpt {line['stream']}")
        for path in sorted((folder / "xml_raw").glob("*.xml")):
            self.leave("quickbooks", f"xml_raw/{path.stem}", "its JSON form is among the samples")

    def netsuite(self):
        folder = self.data / "netsuite"
        self.add("netsuite", "hotglue/salesorders", "sales_order", *as_list(read_json(folder / "hotglue/salesorders.json")["SalesOrders"]))
        for name in ("hotglue/all_other_entities", "hotglue/customer", "hotglue/journal_entries", "golden_pairs_stripe_payout_vs_deposit"):
            self.leave("netsuite", name)
        for path in sorted((folder / "soap_gem").glob("*.xml")):
            records = [
                element_to_json(each)
                for each in ElementTree.parse(path).iter()
                if each.tag.split("}")[-1] == "record" and "Invoice" in json.dumps(element_to_json(each).get("@type", ""))
            ]
            if records:
                self.add("netsuite", f"soap_gem/{path.stem}", "invoice", *records)
            else:
                self.leave("netsuite", f"soap_gem/{path.stem}", "an answer without a transaction")
        for path in sorted((folder / "shop_side").glob("*.json")):
            message = read_json(path)
            order = message.get("order", message)
            if "totals" in order:
                self.add("spree", f"shop_side/{path.stem}", "order", order)
            else:
                self.leave("netsuite", f"shop_side/{path.stem}", "no order")

    def all_lines(self):
        for system, files in LINES.items():
            for path in sorted((self.data / system).glob("*.jsonl")):
                if path.stem in files:
                    self.add(system, path.stem, files[path.stem], *read_lines(path))
                elif not path.stem.startswith(("openapi_", "airbyte_")):
                    self.leave(system, path.stem)

    def all_typed(self):
        for path in sorted(self.data.glob("*/fivetran/*.csv")):
            system = path.parent.parent.name
            if system not in ("amazon", "xero", "hubspot", "quickbooks", "netsuite"):
                continue
            object_name = TYPED.get(system, {}).get(path.stem)
            if object_name is None:
                self.leave(system, f"fivetran/{path.stem}")
                continue
            with open(path, encoding="utf-8", newline="") as file:
                head, *rows = csv.reader(file)
            columns = []
            for i, name in enumerate(head):
                values = [row[i] for row in rows if row[i] != ""]
                fits = (kind for kind, form in TYPES if all(form.fullmatch(value) for value in values))
                columns.append(f'"{name}" {next(fits) if values else "text"}')
            table = f"fivetran.{system}_{path.stem}"
            self.typed.append(f"CREATE TABLE {table} ({', '.join(columns)});")
            self.typed.append(f"SELECT pg_temp.attach('{table}', '{system}', '{object_name}');")
            self.typed.append(f"\\copy {table} FROM '{path}' WITH (FORMAT csv, HEADER)")

    def write(self):
        self.all_lines()
        for system in (self.amazon, self.xero, self.hubspot, self.quickbooks, self.netsuite):
            system()
        self.all_typed()
        for name, rows in (("payloads", self.payloads), ("left_out", self.left_out)):
            with open(self.out / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        (self.out / "typed.sql").write_text("\n".join(self.typed) + "\n", encoding="utf-8")


if __name__ == "__main__":
    Samples(Path(sys.argv[1]), Path(sys.argv[2])).write()
