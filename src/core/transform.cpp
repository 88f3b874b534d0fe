// SPDX-License-Identifier: PostgreSQL
#include "core/transform.hpp"

#include <algorithm>
#include <array>

#include "core/date_format.hpp"
#include "core/plain_value.hpp"

namespace meshline {

namespace {

using Sink = FunctionRef<bool(std::string_view)>;

// "gid://shopify/Order/1?x=y" -> "1"; anything else stays.
std::string_view
StripGid(std::string_view text) noexcept {
	if (!text.starts_with("gid://")) {
		return text;
	}
	text = text.substr(0, text.find('?'));
	return text.substr(text.rfind('/') + 1);
}

// All matches that do not overlap, so that a text that names two orders is seen to name two.
bool
EachMatch(std::span<const Transform> transforms, std::string_view text, TextArena &texts, Sink sink) {
	const Transform &transform = transforms.front();
	const re2::StringPiece subject(text.data(), text.size());
	const auto wanted = static_cast<std::size_t>(transform.group);
	std::array<re2::StringPiece, 10> groups;
	for (std::size_t at = 0; at <= text.size();) {
		if (!transform.regex->Match(subject, at, subject.size(), RE2::UNANCHORED, groups.data(),
		                            transform.group + 1)) {
			return true;
		}
		const re2::StringPiece found = groups[wanted];
		if (found.data() != nullptr &&
		    !EachTransformed(transforms.subspan(1), {found.data(), found.size()}, texts, sink)) {
			return false;
		}
		const auto end = static_cast<std::size_t>(groups[0].data() + groups[0].size() - text.data());
		if (end == text.size()) {
			return true;
		}
		at = groups[0].empty() ? end + 1 : end;
	}
	return true;
}

// "1.234,5" -> "1234.5". Only one or two digits behind a last comma are decimals: "1,234" may be thousands.
std::string_view
WithDecimalPoint(std::string_view text, TextArena &texts) {
	const std::size_t comma = text.rfind(',');
	const std::size_t decimals = comma == std::string_view::npos ? 0 : text.size() - comma - 1;
	if (decimals < 1 || decimals > 2 || text.find(',') != comma ||
	    text.find_first_not_of("0123456789", comma + 1) != std::string_view::npos) {
		return text;
	}
	char *const start = texts.Allocate(text.size());
	char *at = std::copy_if(text.begin(), text.begin() + comma, start,
	                        [](char c) { return c != '.' && c != ' ' && c != '\''; });
	*at++ = '.';
	at = std::copy(text.begin() + comma + 1, text.end(), at);
	return {start, static_cast<std::size_t>(at - start)};
}

// The number times a power of ten, by moving its point: exact. What is no plain number stays, and is refused
// as one later.
std::string_view
WithMovedPoint(std::string_view text, int power, TextArena &texts) {
	text = Trim(text);
	const bool is_signed = text.starts_with('-') || text.starts_with('+');
	const std::string_view sign = text.substr(0, is_signed ? 1 : 0);
	const std::string_view number = text.substr(sign.size());
	const std::size_t point = std::min(number.find('.'), number.size());
	std::string digits(number.substr(0, point));
	digits.append(number.substr(std::min(point + 1, number.size())));
	if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
		return text;
	}
	auto place = static_cast<std::ptrdiff_t>(point) + power;
	if (place < 1) {
		digits.insert(0, static_cast<std::size_t>(1 - place), '0');
		place = 1;
	}
	if (static_cast<std::size_t>(place) > digits.size()) {
		digits.append(static_cast<std::size_t>(place) - digits.size(), '0');
	}
	if (static_cast<std::size_t>(place) < digits.size()) {
		digits.insert(static_cast<std::size_t>(place), 1, '.');
	}
	return texts.Copy(std::string(sign) + digits);
}

const std::string *
FindInMap(const Transform &transform, std::string_view text) noexcept {
	const auto found =
	    std::lower_bound(transform.map.begin(), transform.map.end(), text,
	                     [](const auto &entry, std::string_view key) { return entry.first < key; });
	if (found != transform.map.end() && found->first == text) {
		return &found->second;
	}
	return transform.fallback ? &*transform.fallback : nullptr;
}

std::string_view
Changed(const Transform &transform, std::string_view text, TextArena &texts) {
	switch (transform.op) {
	case Transform::Op::lower:
		return texts.LowerCopy(text);
	case Transform::Op::upper:
		return texts.UpperCopy(text);
	case Transform::Op::trim:
		return Trim(text);
	case Transform::Op::strip_prefix:
		return text.starts_with(transform.text) ? text.substr(transform.text.size()) : text;
	case Transform::Op::strip_suffix:
		return text.ends_with(transform.text) ? text.substr(0, text.size() - transform.text.size()) : text;
	case Transform::Op::decimal_comma:
		return WithDecimalPoint(text, texts);
	case Transform::Op::gid:
		return StripGid(text);
	case Transform::Op::date_format:
		return ReadDateFormat(transform.text, text, texts);
	case Transform::Op::scale:
		return WithMovedPoint(text, transform.power, texts);
	case Transform::Op::plain:
		return PlainValue(text, texts);
	case Transform::Op::regex:
	case Transform::Op::map: // may give no text
		break;
	}
	return text;
}

} // namespace

bool
EachTransformed(std::span<const Transform> transforms, std::string_view text, TextArena &texts, Sink sink) {
	for (; !transforms.empty(); transforms = transforms.subspan(1)) {
		const Transform &transform = transforms.front();
		if (transform.op == Transform::Op::regex) {
			return EachMatch(transforms, text, texts, sink);
		}
		if (transform.op == Transform::Op::map) {
			const std::string *to = FindInMap(transform, text);
			if (to == nullptr) {
				return true;
			}
			text = *to;
		} else {
			text = Changed(transform, text, texts);
		}
	}
	return sink(text);
}

} // namespace meshline
