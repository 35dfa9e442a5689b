// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/Tally.h"

#include "json/Json.h"
#include "verify/Table.h"

#include <algorithm>
#include <set>

namespace miroir::ctl {

namespace {

constexpr std::size_t casesShown = 20; ///< more make nobody wiser

std::string percent(std::size_t part, std::size_t whole)
{
    char text[32];
    const double share = whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
    std::snprintf(text, sizeof text, "%.2f %%", 100.0 * share);
    return text;
}

bool onlyKeyOrder(const std::vector<Difference> &differences)
{
    return std::all_of(differences.begin(), differences.end(),
        [](const Difference &each) { return each.kind == DifferenceClass::KeyOrder; });
}

} // namespace

bool Tally::Case::documented() const
{
    return std::all_of(
        differences.begin(), differences.end(), [](const Difference &each) { return each.documented(); });
}

void Tally::different(const Replay &replay, std::vector<Difference> differences)
{
    m_different.push_back({replay, std::move(differences)});
}

void Tally::skipped(std::size_t line, const std::string &why)
{
    m_skipped.push_back({line, why});
}

std::size_t Tally::unexplained() const
{
    return static_cast<std::size_t>(std::count_if(
        m_different.begin(), m_different.end(), [](const Case &each) { return !each.documented(); }));
}

std::size_t Tally::equalHits() const
{
    const auto differ = std::count_if(m_different.begin(), m_different.end(), [](const Case &each) {
        return std::any_of(each.differences.begin(), each.differences.end(), [](const Difference &difference) {
            using enum DifferenceClass;
            return difference.kind == HitsSet || difference.kind == HitsOrder || difference.kind == HitMembers
                || difference.kind == Status || difference.kind == Form;
        });
    });
    return requests() - static_cast<std::size_t>(differ);
}

std::map<std::pair<DifferenceClass, Reason>, std::size_t> Tally::counts() const
{
    std::map<std::pair<DifferenceClass, Reason>, std::size_t> all;
    for (const Case &each : m_different) {
        std::set<std::pair<DifferenceClass, Reason>> kinds;
        for (const Difference &difference : each.differences)
            kinds.emplace(difference.kind, difference.reason);
        for (const auto &kind : kinds)
            ++all[kind];
    }
    return all;
}

std::string Tally::human(bool verbose) const
{
    const auto whole = m_same
        + static_cast<std::size_t>(std::count_if(m_different.begin(), m_different.end(),
            [](const Case &each) { return onlyKeyOrder(each.differences); }));
    std::string out = std::to_string(requests()) + " requests: equal in whole " + std::to_string(whole) + " ("
        + percent(whole, requests()) + "), equal hits " + std::to_string(equalHits()) + " ("
        + percent(equalHits(), requests()) + "), with unexplained differences " + std::to_string(unexplained()) + '\n';
    if (!m_different.empty()) {
        std::vector<std::vector<std::string>> rows {{"CLASS", "REQUESTS", "EXPLAINED BY"}};
        for (const auto &[kind, count] : counts())
            rows.push_back({className(kind.first), std::to_string(count),
                kind.second == Reason::None ? "UNEXPLAINED" : reasonText(kind.second)});
        out += '\n' + table(rows);
    }
    std::size_t shown = 0;
    for (const Case &each : m_different) {
        if ((each.documented() && !verbose) || (!verbose && ++shown > casesShown))
            continue;
        out += '\n' + describe(each.replay) + '\n';
        for (const Difference &difference : each.differences)
            out += std::string("  ") + className(difference.kind) + (difference.documented() ? "" : " (unexplained)")
                + (difference.where.empty() ? "" : ", " + difference.where) + ": " + difference.detail + '\n';
    }
    if (!verbose && unexplained() > casesShown)
        out += "\n" + std::to_string(unexplained() - casesShown) + " more requests with unexplained differences: "
            + "--verbose shows all\n";
    if (!m_skipped.empty()) {
        out += '\n' + std::to_string(m_skipped.size()) + " lines not replayed:\n";
        for (std::size_t i = 0; i < std::min(verbose ? m_skipped.size() : casesShown, m_skipped.size()); ++i)
            out += "  line " + std::to_string(m_skipped[i].line) + ": " + m_skipped[i].why + '\n';
    }
    return out;
}

std::string Tally::json(bool verbose) const
{
    json::Writer out;
    out.beginObject().key("requests").number(std::uint64_t {requests()}).key("same").number(std::uint64_t {m_same});
    out.key("equalHits").number(std::uint64_t {equalHits()});
    out.key("documented").number(std::uint64_t {m_different.size() - unexplained()});
    out.key("unexplained").number(std::uint64_t {unexplained()});
    out.key("skipped").number(std::uint64_t {m_skipped.size()}).key("classes").beginArray();
    for (const auto &[kind, count] : counts()) {
        out.beginObject().key("class").string(className(kind.first)).key("requests").number(std::uint64_t {count});
        out.key("documented").boolean(kind.second != Reason::None);
        out.key("reason").string(reasonText(kind.second)).endObject();
    }
    out.endArray().key("differences").beginArray();
    for (const Case &each : m_different) {
        if (each.documented() && !verbose)
            continue;
        out.beginObject().key("request").raw(recorded(each.replay)).key("differences").beginArray();
        for (const Difference &difference : each.differences) {
            out.beginObject().key("class").string(className(difference.kind)).key("where").string(difference.where);
            out.key("documented").boolean(difference.documented()).key("detail").string(difference.detail);
            out.endObject();
        }
        out.endArray().endObject();
    }
    return out.endArray().endObject().take().toStdString() + '\n';
}

} // namespace miroir::ctl
