// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/FilterCheck.h"

#include "protocol/AttributeCheck.h"
#include "protocol/FilterText.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace miroir::protocol {

namespace {

const FilterableRule *firstRule(std::string_view field, const std::vector<FilterableRule> &rules)
{
    for (const FilterableRule &rule : rules) {
        if (rule.match(field) == PatternMatch::Match)
            return &rule;
    }
    return nullptr;
}

std::string notFilterable(std::string_view attribute, const std::vector<FilterableRule> &rules)
{
    std::string out = "Attribute `" + std::string(attribute) + "` is not filterable.";
    std::set<std::string> patterns;
    for (const FilterableRule &rule : rules) {
        if (rule.features.filterable())
            patterns.insert(rule.patterns.begin(), rule.patterns.end());
    }
    if (patterns.empty())
        return out + " This index does not have configured filterable attributes.";
    std::string list;
    for (const std::string &pattern : patterns) {
        if (!list.empty())
            list += ", ";
        list += "`" + pattern + "`";
    }
    return out + " Available filterable attribute patterns are: " + list + ".";
}

bool hasPlainRule(const std::vector<FilterableRule> &rules, std::string_view name)
{
    return std::any_of(rules.begin(), rules.end(),
                       [&](const FilterableRule &rule) { return !rule.object && rule.patterns.front() == name; });
}

class FilterJudge
{
public:
    explicit FilterJudge(const FilterScope &scope) : m_scope(scope) { }

    /// As a node walks: from a stack, so that of siblings the last one comes first.
    ApiStatus attributes(const FilterNode &node) const
    {
        using Kind = FilterNode::Kind;
        if (node.kind == Kind::Compare || node.kind == Kind::In) {
            const std::string &name = node.attribute.value;
            if (isFilterable(name, m_scope.rules) || name == "_vectors" || name == "_shard")
                return Done {};
            return at(node.attribute, notFilterable(name, m_scope.rules));
        }
        for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
            if (auto s = attributes(*child); !s)
                return s;
        }
        return Done {};
    }

    ApiStatus evaluation(const FilterNode &node) const
    {
        switch (node.kind) {
        case FilterNode::Kind::Compare:
            return operatorAllowed(node.attribute.value, node.op);
        case FilterNode::Kind::In:
            return node.values.empty() ? ApiStatus(Done {})
                                       : operatorAllowed(node.attribute.value, FilterOp::Equal);
        case FilterNode::Kind::VectorExists:
            return embedderKnown(node);
        case FilterNode::Kind::GeoRadius:
            return radius(node);
        case FilterNode::Kind::GeoBoundingBox:
            return boundingBox(node);
        case FilterNode::Kind::GeoPolygon:
            return polygon(node);
        case FilterNode::Kind::And:
        case FilterNode::Kind::Or:
        case FilterNode::Kind::Not:
        case FilterNode::Kind::Foreign:
            break;
        }
        for (const FilterNode &child : node.children) {
            if (auto s = evaluation(child); !s)
                return s;
        }
        return Done {};
    }

private:
    [[nodiscard]] std::string prefix() const
    {
        return m_scope.indexUid.empty() ? std::string {} : "Index `" + std::string(m_scope.indexUid) + "`: ";
    }

    Err<ApiError> at(const FilterToken &token, std::string_view message) const
    {
        return refuse(m_scope.code, prefix() + atToken(token, message));
    }

    ApiStatus operatorAllowed(const std::string &field, FilterOp op) const
    {
        const FilterableRule *rule = firstRule(field, m_scope.rules);
        if (rule == nullptr || (m_scope.fieldExists && !m_scope.fieldExists(field)))
            return Done {};
        bool allowed = true;
        const char *remedy = "the appropriate filter operators";
        switch (op) {
        case FilterOp::Equal:
        case FilterOp::NotEqual:
            allowed = rule->features.equality;
            remedy = "equality";
            break;
        case FilterOp::Greater:
        case FilterOp::GreaterOrEqual:
        case FilterOp::Less:
        case FilterOp::LessOrEqual:
        case FilterOp::Between:
            allowed = rule->features.comparison;
            remedy = "comparison";
            break;
        case FilterOp::Null:
        case FilterOp::Empty:
        case FilterOp::Exists:
            allowed = rule->features.filterable();
            break;
        case FilterOp::Contains:
        case FilterOp::StartsWith:
            break;
        }
        if (allowed)
            return Done {};
        const std::string number = std::to_string(rule - m_scope.rules.data());
        return refuse("invalid_search_filter",
                      prefix() + "Filter operator `" + std::string(filterOpText(op))
                          + "` is not allowed for the attribute `" + field
                          + "`.\n  - Note: allowed operators: " + allowedOperators(rule->features)
                          + ".\n  - Note: field `" + field + "` matched rule #" + number
                          + " in `filterableAttributes`\n  - Hint: enable " + remedy + " in rule #" + number
                          + " by modifying the features.filter object\n  - Hint: prepend another rule matching `"
                          + field + "` with appropriate filter features before rule #" + number);
    }

    static std::string allowedOperators(const FilterFeatures &features)
    {
        if (!features.filterable())
            return {};
        std::string out = "OR, AND, NOT";
        if (features.equality)
            out += ", =, !=, IN";
        if (features.comparison)
            out += ", <, >, <=, >=, TO";
        return out + ", IS EMPTY, IS NULL, EXISTS";
    }

    ApiStatus embedderKnown(const FilterNode &node) const
    {
        if (!m_scope.embedders || node.values.empty())
            return Done {};
        const FilterToken &name = node.values[0];
        std::vector<std::string> known = *m_scope.embedders;
        std::sort(known.begin(), known.end());
        if (std::binary_search(known.begin(), known.end(), name.value))
            return Done {};
        std::string message = "The embedder `" + name.value + "` does not exist. ";
        if (known.empty())
            return at(name, message + "This index does not have any configured embedders.");
        message += "Available embedders are: ";
        for (std::size_t i = 0; i < known.size(); ++i)
            message += (i > 0 ? ", `" : "`") + known[i] + "`";
        message += ".";
        for (const std::string &candidate : known) {
            if (withinTwoTypos(name.value, candidate))
                return at(name, message + " Did you mean `" + candidate + "`?");
        }
        return at(name, message);
    }

    ApiStatus number(const FilterToken &token, double &out) const
    {
        out = parseRustDouble(token.value).value_or(0);
        if (!std::isfinite(out))
            return at(token, "Non finite floats are not supported");
        return Done {};
    }

    ApiStatus latitude(const FilterToken &token, double value) const
    {
        const auto problem = badLatitude(value);
        return problem ? ApiStatus(at(token, *problem)) : ApiStatus(Done {});
    }

    ApiStatus longitude(const FilterToken &token, double value) const
    {
        const auto problem = badLongitude(value);
        return problem ? ApiStatus(at(token, *problem)) : ApiStatus(Done {});
    }

    /// A point whose numbers are all read before any is judged, as radius and box do.
    ApiStatus point(const FilterNode &node, std::size_t first) const
    {
        double lat = 0;
        double lng = 0;
        if (auto s = number(node.values[first], lat); !s)
            return s;
        if (auto s = number(node.values[first + 1], lng); !s)
            return s;
        if (auto s = latitude(node.values[first], lat); !s)
            return s;
        return longitude(node.values[first + 1], lng);
    }

    ApiStatus radius(const FilterNode &node) const
    {
        if (auto s = point(node, 0); !s)
            return s;
        double value = 0;
        if (auto s = number(node.values[2], value); !s)
            return s;
        if (node.values.size() > 3) {
            if (auto s = number(node.values[3], value); !s)
                return s;
            // Rust's conversion to an unsigned integer saturates
            const double whole = std::clamp(std::trunc(value), 0.0, 18446744073709551615.0);
            if (whole < 3 || whole > 1000) {
                return at(node.values[3],
                          "Invalid resolution `" + displayDouble(whole)
                              + "`. Resolution must be between 3 and 1000.");
            }
        }
        return geoEnabled(node.values[0]);
    }

    ApiStatus geoEnabled(const FilterToken &token) const
    {
        if (hasPlainRule(m_scope.rules, "_geo") || hasPlainRule(m_scope.rules, "_geojson"))
            return Done {};
        return at(token, notFilterable("_geo/_geojson", m_scope.rules));
    }

    ApiStatus boundingBox(const FilterNode &node) const
    {
        double values[4] = {};
        for (std::size_t i = 0; i < 4; ++i) {
            if (auto s = number(node.values[i], values[i]); !s)
                return s;
        }
        for (std::size_t i = 0; i < 4; i += 2) {
            if (auto s = latitude(node.values[i], values[i]); !s)
                return s;
            if (auto s = longitude(node.values[i + 1], values[i + 1]); !s)
                return s;
        }
        if (values[0] < values[2]) {
            return at(node.values[3],
                      "The top latitude `" + displayDouble(values[0]) + "` is below the bottom latitude `"
                          + displayDouble(values[2]) + "`.");
        }
        return geoEnabled(node.values[0]);
    }

    ApiStatus polygon(const FilterNode &node) const
    {
        if (!hasPlainRule(m_scope.rules, "_geojson"))
            return at(node.values[0], notFilterable("_geojson", m_scope.rules));
        for (std::size_t i = 0; i < node.values.size(); i += 2) {
            if (auto s = point(node, i); !s)
                return s;
        }
        return Done {};
    }

    const FilterScope &m_scope;
};

} // namespace

ApiStatus checkFilter(const FilterNode &filter, const FilterScope &scope)
{
    const FilterJudge judge(scope);
    if (auto s = judge.attributes(filter); !s)
        return s;
    return judge.evaluation(filter);
}

std::string displayDouble(double number)
{
    if (std::isnan(number))
        return "NaN";
    if (std::isinf(number))
        return number > 0 ? "inf" : "-inf";
    char buffer[400]; // the largest double has 309 digits, the smallest about 345
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
    return code == std::errc {} ? std::string(buffer, end) : std::string("0");
}

std::optional<double> parseRustDouble(std::string_view text)
{
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const double sign = negative ? -1.0 : 1.0;
    if (lower == "inf" || lower == "infinity")
        return sign * std::numeric_limits<double>::infinity();
    if (lower == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    // from_chars knows more spellings than Rust: only digits may start
    const bool digits = !lower.empty() && ((lower[0] >= '0' && lower[0] <= '9') || lower[0] == '.');
    if (!digits)
        return std::nullopt;
    double value = 0;
    const auto [end, code] = std::from_chars(lower.data(), lower.data() + lower.size(), value);
    if (end != lower.data() + lower.size() || code == std::errc::invalid_argument)
        return std::nullopt;
    if (code == std::errc::result_out_of_range) {
        // too small is zero, too large is infinite
        const std::size_t exponent = lower.find('e');
        const bool tiny =
            exponent != std::string::npos && exponent + 1 < lower.size() && lower[exponent + 1] == '-';
        value = tiny || lower[0] == '.' || lower.starts_with("0.") ? 0.0 : std::numeric_limits<double>::infinity();
    }
    return sign * value;
}

std::optional<std::string> badLatitude(double latitude)
{
    if (latitude >= -90 && latitude <= 90)
        return std::nullopt;
    return "Bad latitude `" + displayDouble(latitude) + "`. Latitude must be contained between -90 and 90 degrees.";
}

std::optional<std::string> badLongitude(double longitude)
{
    if (longitude >= -180 && longitude <= 180)
        return std::nullopt;
    double turned = std::fmod(longitude + 180.0, 360.0);
    if (turned < 0)
        turned += 360.0;
    return "Bad longitude `" + displayDouble(longitude)
        + "`. Longitude must be contained between -180 and 180 degrees. Hint: try using `"
        + displayDouble(turned - 180.0) + "` instead.";
}

} // namespace miroir::protocol
