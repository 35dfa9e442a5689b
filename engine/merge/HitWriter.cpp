// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/HitWriter.h"
#include "base/Bytes.h"

#include <algorithm>

namespace miroir::merge {

namespace {

/// The field of a sort rule's entry; empty for other rules. A distance is never hidden.
std::string_view sortField(std::string_view rule)
{
    if (rule.starts_with("_geoPoint("))
        return {};
    if (rule.ends_with(":asc"))
        return rule.substr(0, rule.size() - 4);
    return rule.ends_with(":desc") ? rule.substr(0, rule.size() - 5) : std::string_view();
}

void appendTypo(QByteArray &out, const json::Value &entry, std::uint32_t maxTypos)
{
    const double ranks = static_cast<double>(maxTypos) + 1;
    SliceObject writer(out);
    for (const json::Member member : entry.members()) {
        const std::string name = member.key();
        if (name != "maxTypoCount" && name != "score") {
            writer.member(member);
            continue;
        }
        writer.name(member.name.raw());
        const double typos = static_cast<double>(entry["typoCount"].toU64().value_or(0));
        append(out, name == "score" ? json::formatDouble((ranks - typos) / ranks) : std::to_string(maxTypos));
    }
    writer.close();
}

void appendPin(QByteArray &out, const json::Value &entry, std::uint32_t position)
{
    SliceObject writer(out);
    for (const json::Member member : entry.members()) {
        if (member.key() != "position") {
            writer.member(member);
            continue;
        }
        writer.name(member.name.raw());
        append(out, std::to_string(position));
    }
    writer.close();
}

} // namespace

HitWriter::HitWriter(const MergeRequest &request)
    : m_showScore(request.showRankingScore), m_showDetails(request.showRankingScoreDetails),
      m_onlySimilarity(request.onlySimilarity),
      m_displayed(Selection::of(request.displayed)),
      m_document(Selection::both(Selection::of(request.retrieve), m_displayed))
{
    const Selection asked = Selection::of(request.formatted);
    const Selection formatted = Selection::both(asked, m_displayed);
    m_anyFormatted = m_displayed.everything() || !formatted.nothing();
    m_formatted = Selection::either(formatted, m_document);
}

HitWriter::Extra HitWriter::extraOf(std::string_view name)
{
    if (!name.starts_with('_'))
        return Extra::None;
    if (name == "_formatted")
        return Extra::Formatted;
    if (name == "_matchesPosition")
        return Extra::MatchesPosition;
    if (name == "_rankingScore")
        return Extra::Score;
    if (name == "_rankingScoreDetails")
        return Extra::Details;
    if (name == "_geoDistance")
        return Extra::GeoDistance;
    return name == "_vectors" ? Extra::Vectors : Extra::None;
}

void HitWriter::append(QByteArray &out, const Hit &hit, std::string_view federation) const
{
    TextStore texts;
    SliceObject writer(out);
    const bool marked = !federation.empty(); // a field of that name gives way
    const auto mark = [&writer, &out, &federation] {
        if (federation.empty())
            return;
        writer.name("\"_federation\"");
        miroir::append(out, federation);
        federation = {};
    };
    for (const json::Member member : hit.object.members()) {
        const std::string_view name = texts.text(member.name);
        if (isHidden(name) || (marked && name == "_federation"))
            continue;
        const Extra extra = extraOf(name);
        if (extra >= Extra::Formatted && extra <= Extra::Details)
            mark();
        if (extra != Extra::None)
            appendExtra(writer, out, hit, extra, member);
        else
            m_document.appendMember(writer, out, member, name);
    }
    mark();
    writer.close();
}

void HitWriter::appendExtra(
    SliceObject &writer, QByteArray &out, const Hit &hit, Extra extra, const json::Member &member) const
{
    switch (extra) {
    case Extra::Formatted:
        if (m_anyFormatted && member.value.isObject()) {
            writer.name(member.name.raw());
            m_formatted.append(out, member.value);
        }
        break;
    case Extra::MatchesPosition:
        writer.name(member.name.raw());
        appendPositions(out, member.value);
        break;
    case Extra::Score:
        if (m_showScore && hit.maxTypos) {
            writer.name(member.name.raw());
            miroir::append(out, json::formatDouble(hit.score));
        } else if (m_showScore) {
            writer.member(member);
        }
        break;
    case Extra::Details:
        if (m_showDetails) {
            writer.name(member.name.raw());
            appendDetails(out, hit, member.value);
        }
        break;
    case Extra::GeoDistance:
        // a node computes it from the point that it shows
        if (m_document.has("_geo"))
            writer.member(member);
        break;
    case Extra::Vectors:
        if (m_displayed.has("_vectors"))
            writer.member(member);
        break;
    case Extra::None:
        break;
    }
}

void HitWriter::appendPositions(QByteArray &out, const json::Value &positions) const
{
    TextStore texts;
    SliceObject writer(out);
    for (const json::Member member : positions.members()) {
        const std::string_view path = texts.text(member.name);
        if (!isHidden(path) && m_displayed.hasLeaf(path))
            writer.member(member);
    }
    writer.close();
}

/// Without the hidden order rule, which is the last, so that the numbering of the others stays. A rule over a
/// field that is not displayed appears without its name and value.
void HitWriter::appendDetails(QByteArray &out, const Hit &hit, const json::Value &details) const
{
    if (m_onlySimilarity) {
        miroir::append(out, "{\"vectorSort\":{\"order\":0,\"similarity\":");
        miroir::append(out, details["vectorSort"]["similarity"].raw());
        miroir::append(out, "}}");
        return;
    }
    TextStore texts;
    SliceObject writer(out);
    for (const json::Member member : details.members()) {
        const std::string_view name = texts.text(member.name);
        if (isHidden(name))
            continue;
        if (hit.maxTypos && name == "typo") {
            writer.name(member.name.raw());
            appendTypo(out, member.value, *hit.maxTypos);
            continue;
        }
        if (hit.key.pin && name == "pin") {
            writer.name(member.name.raw());
            appendPin(out, member.value, *hit.key.pin);
            continue;
        }
        const std::string_view field = sortField(name);
        if (field.empty() || m_displayed.has(field)) {
            writer.member(member);
            continue;
        }
        const std::string_view order = member.value["order"].raw();
        writer.name("\"<hidden-rule-" + std::string(order) + ">\"");
        miroir::append(out, "{\"order\":");
        miroir::append(out, order);
        miroir::append(out, ",\"value\":\"<hidden>\"}");
    }
    writer.close();
}

} // namespace miroir::merge
