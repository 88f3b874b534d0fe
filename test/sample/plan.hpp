// SPDX-License-Identifier: PostgreSQL
// What the planning stations of the sample month share.
#pragma once

#include "model.hpp"

namespace meshline::sample {

// `per_mille` of the orders, at least one.
int Share(int orders, int per_mille);

// Gives an order that is no order of the month a cart and one card payment.
void FillStray(Month &month, Order &stray, Random &random);

// Decides what is given back, and how the refunds refer to their order.
void PlanRefunds(Order &order, Random &random);

// Derives the states that the shop shows from what happens to the order.
void PlanVersions(Order &order);

} // namespace meshline::sample
