# SPDX-License-Identifier: PostgreSQL
"""Invented Shopify orders of about 3.7 KB and the Stripe charges that pay them.

Order n is the same text in every run. Usage: orders.py order|charge FIRST COUNT prints them, one JSON
document a line. Charges of one order in twelve are short by a tenth, so that some exceptions arise."""
import json
import random
import sys

FIRST_NAMES = "Ada Amara Bea Caio Dara Emil Farah Goran Hana Ines Jun Kofi Lena Milo Nadia Oskar Priya Ravi Sofia Tomas".split()
LAST_NAMES = "Abbott Bauer Castro Dubois Eriksen Fontaine Garcia Hassan Ito Jensen Kovacs Larsen Moreau Novak Okafor Petrov".split()
STREETS = "Alder Birch Cedar Dogwood Elm Fir Grove Harbour Iris Juniper Kings Linden Maple North Orchard Poplar".split()
CITIES = [("Portland", "Oregon", "OR", "97201"), ("Austin", "Texas", "TX", "78701"), ("Denver", "Colorado", "CO", "80202"),
          ("Boston", "Massachusetts", "MA", "02108"), ("Chicago", "Illinois", "IL", "60601")]
GOODS = ["Linen shirt", "Canvas tote", "Ceramic mug", "Wool blanket", "Oak shelf", "Desk lamp", "Rain jacket", "Trail shoes"]
BASE_ID = 5_400_000_000_000
EPOCH = 1_767_225_600  # 2026-01-01T00:00:00Z


def dollars(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def money(cents):
    amount = {"amount": dollars(cents), "currency_code": "USD"}
    return {"shop_money": amount, "presentment_money": dict(amount)}


def moment(seconds):
    """ISO 8601 in UTC; days are spread over 28-day months, which is all that is needed here."""
    days, rest = divmod(seconds, 86400)
    month, day = divmod(days % 336, 28)
    return f"2026-{month + 1:02d}-{day + 1:02d}T{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}Z"


def totals(n):
    """Unit prices and the total of order n in cents."""
    source = random.Random(n)
    prices = [source.randrange(900, 19_900) for _ in range(2)]
    subtotal = sum(prices)
    tax = subtotal * 8 // 100
    return prices, subtotal, tax, 595, subtotal + tax + 595


def order(n):
    source = random.Random(n * 31 + 7)
    prices, subtotal, tax, shipping, total = totals(n)
    number = 1001 + n
    order_id = BASE_ID + n * 1024
    first, last = source.choice(FIRST_NAMES), source.choice(LAST_NAMES)
    email = f"{first}.{last}{n % 9973}@example.com".lower()
    city, province, code, zip_code = source.choice(CITIES)
    created = moment(n * 37)
    address = {
        "first_name": first, "last_name": last, "name": f"{first} {last}", "company": None,
        "address1": f"{source.randrange(1, 999)} {source.choice(STREETS)} Street", "address2": "", "city": city,
        "zip": zip_code, "province": province, "province_code": code, "country": "United States", "country_code": "US",
        "phone": f"+1503555{source.randrange(10_000):04d}",
    }
    lines = []
    for position, price in enumerate(prices):
        product = source.randrange(1, 5000)
        lines.append({
            "id": 13_900_000_000_000 + (n * 2 + position) * 512, "product_id": 8_100_000_000_000 + product * 1024,
            "variant_id": 44_100_000_000_000 + product * 1024, "title": source.choice(GOODS), "name": source.choice(GOODS),
            "sku": f"SKU-{product:05d}", "vendor": "Northwind", "quantity": 1, "current_quantity": 1, "price": dollars(price),
            "grams": source.randrange(100, 4000), "taxable": True, "requires_shipping": True, "gift_card": False,
            "fulfillable_quantity": 1, "fulfillment_status": None, "total_discount": "0.00", "price_set": money(price),
            "tax_lines": [], "discount_allocations": [], "properties": [],
        })
    return {
        "id": order_id, "admin_graphql_api_id": f"gid://shopify/Order/{order_id}", "name": f"#{number}", "number": number - 1000,
        "order_number": number, "token": f"{source.getrandbits(128):032x}", "checkout_id": 36_000_000_000_000 + n,
        "cart_token": f"{source.getrandbits(128):032x}", "created_at": created, "updated_at": created, "processed_at": created,
        "cancelled_at": None, "cancel_reason": None, "closed_at": None, "confirmed": True, "test": False, "currency": "USD",
        "presentment_currency": "USD", "email": email, "contact_email": email, "phone": None, "financial_status": "paid",
        "fulfillment_status": None, "source_name": "web", "gateway": "shopify_payments", "payment_gateway_names": ["shopify_payments"],
        "browser_ip": "203.0.113.7", "landing_site": "/", "referring_site": "", "customer_locale": "en-US", "note": None,
        "note_attributes": [], "tags": "", "taxes_included": False, "buyer_accepts_marketing": False,
        "subtotal_price": dollars(subtotal), "total_line_items_price": dollars(subtotal), "total_tax": dollars(tax),
        "total_discounts": "0.00", "total_price": dollars(total), "total_outstanding": "0.00", "current_total_price": dollars(total),
        "total_price_set": money(total), "total_shipping_price_set": money(shipping), "total_weight": 1200,
        "billing_address": address, "shipping_address": dict(address), "line_items": lines,
        "tax_lines": [{"title": "State tax", "rate": 0.08, "price": dollars(tax)}],
        "shipping_lines": [{"id": 4_600_000_000_000 + n, "title": "Standard", "code": "standard", "price": dollars(shipping), "source": "shopify"}],
        "customer": {"id": 7_200_000_000_000 + n % 9973, "email": email, "first_name": first, "last_name": last, "state": "disabled",
                     "created_at": "2025-11-02T09:00:00Z", "currency": "USD", "tags": "", "verified_email": True},
        "client_details": {"browser_ip": "203.0.113.7", "accept_language": "en-US", "user_agent": "Mozilla/5.0", "session_hash": None},
        "order_status_url": f"https://bench.myshopify.com/orders/{source.getrandbits(64):016x}/authenticate",
        "discount_codes": [], "fulfillments": [], "refunds": [],
    }


def charge(n):
    total = totals(n)[4]
    amount = total * 9 // 10 if n % 12 == 5 else total
    return {
        "id": f"ch_3B{n:020d}", "object": "charge", "amount": amount, "amount_captured": amount, "amount_refunded": 0,
        "captured": True, "paid": True, "status": "succeeded", "refunded": False, "disputed": False, "currency": "usd",
        "created": EPOCH + n * 37, "livemode": True, "payment_intent": f"pi_3B{n:020d}", "balance_transaction": f"txn_3B{n:020d}",
        "customer": f"cus_{n % 9973:014d}", "description": f"Order #{1001 + n}", "invoice": None,
        "metadata": {"order_id": str(BASE_ID + n * 1024), "order_name": f"#{1001 + n}"},
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242", "country": "US"}},
    }


def document(kind, n):
    return json.dumps({"order": order, "charge": charge}[kind](n), separators=(",", ":"))


if __name__ == "__main__":
    for index in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
        print(document(sys.argv[1], index))
