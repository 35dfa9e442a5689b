// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/RankScore.h"

#include "localnode/VectorStore.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace miroir::localnode {

using Kind = ScoreDetail::Kind;

Rank Rank::then(Rank inner) const
{
    Rank out;
    out.rank = (rank > 0 ? rank - 1 : 0) * inner.maxRank + inner.rank;
    out.maxRank = maxRank * inner.maxRank;
    return out;
}

namespace {

bool isRank(Kind kind)
{
    return kind != Kind::Sort && kind != Kind::Geo && kind != Kind::Vector && kind != Kind::Pin;
}

/// A coordinate as Rust prints it inside text: 1 instead of 1.0.
std::string plainNumber(double number)
{
    std::string out = json::formatDouble(number);
    return out.ends_with(".0") ? out.substr(0, out.size() - 2) : out;
}

std::string ruleKey(const ScoreDetail &detail)
{
    const std::string direction = detail.ascending ? ":asc" : ":desc";
    switch (detail.kind) {
    case Kind::Words:
        return "words";
    case Kind::Typo:
        return "typo";
    case Kind::Proximity:
        return "proximity";
    case Kind::Field:
        return "attributeRank";
    case Kind::Position:
        return "wordPosition";
    case Kind::Match:
    case Kind::ExactWords:
        return "exactness";
    case Kind::Sort:
        return detail.field + direction;
    case Kind::Geo:
        return "_geoPoint(" + plainNumber(detail.target.lat) + ", " + plainNumber(detail.target.lng) + ')' + direction;
    case Kind::Vector:
        return "vectorSort";
    case Kind::Pin:
        return "pin";
    }
    return {};
}

const char *matchName(std::uint32_t rank)
{
    return rank == 3 ? "exactMatch" : rank == 2 ? "matchesStart" : "noExactMatch";
}

class DetailsWriter
{
public:
    DetailsWriter(const ScoreDetails &details, bool unified) : m_details(details), m_unified(unified) { }

    QByteArray write()
    {
        m_json.beginObject();
        for (std::size_t i = 0; i < m_details.size(); ++i)
            i = entry(i);
        m_json.endObject();
        return m_json.take();
    }

private:
    void open(const std::string &key)
    {
        m_json.key(key).beginObject().key("order").number(m_order++);
    }
    /// Gives the index of the last detail that the entry used: two make one for `attribute` and `exactness`.
    std::size_t entry(std::size_t i)
    {
        const ScoreDetail &detail = m_details[i];
        const bool more = i + 1 < m_details.size();
        if (detail.kind == Kind::Field && m_unified && more && m_details[i + 1].kind == Kind::Position)
            return attribute(i);
        if (detail.kind == Kind::Match)
            return exactness(i);
        std::string key = ruleKey(detail);
        if (detail.kind == Kind::Sort && detail.redacted)
            key = "<hidden-rule-" + std::to_string(m_order) + '>';
        open(key);
        switch (detail.kind) {
        case Kind::Words:
            m_json.key("matchingWords").number(detail.rank.rank).key("maxMatchingWords").number(detail.rank.maxRank);
            break;
        case Kind::Typo:
            m_json.key("typoCount").number(detail.rank.maxRank - detail.rank.rank);
            m_json.key("maxTypoCount").number(detail.rank.maxRank - 1);
            break;
        case Kind::Sort:
            m_json.key("value").raw(detail.redacted ? "\"<hidden>\"" : std::string_view(detail.valueJson));
            break;
        case Kind::Geo:
            geo(detail);
            break;
        case Kind::Vector:
            m_json.key("similarity").raw(detail.similarity ? json::formatDouble(double {*detail.similarity}) : "null");
            break;
        case Kind::Pin:
            m_json.key("position").number(detail.position);
            break;
        default:
            break;
        }
        if (isRank(detail.kind))
            m_json.key("score").number(detail.rank.score());
        m_json.endObject();
        return i;
    }

    void geo(const ScoreDetail &detail)
    {
        m_json.key("value");
        if (!detail.point) {
            m_json.null().key("distance").null();
            return;
        }
        m_json.beginObject().key("lat").number(detail.point->lat).key("lng").number(detail.point->lng).endObject();
        m_json.key("distance").number(geoDistanceMetres(detail.target, *detail.point));
    }

    std::size_t attribute(std::size_t i)
    {
        open("attribute");
        m_json.key("attributeRankingOrderScore").number(m_details[i].rank.score());
        m_json.key("queryWordDistanceScore").number(m_details[i + 1].rank.score());
        m_json.key("score").number(m_details[i].rank.then(m_details[i + 1].rank).score()).endObject();
        return i + 1;
    }

    std::size_t exactness(std::size_t i)
    {
        const Rank match = m_details[i].rank;
        const bool words = i + 1 < m_details.size() && m_details[i + 1].kind == Kind::ExactWords;
        open("exactness");
        m_json.key("matchType").string(matchName(match.rank));
        double score = match.score();
        if (words && match.rank == 1) {
            const Rank exact = m_details[i + 1].rank;
            m_json.key("matchingWords").number(exact.rank - 1).key("maxMatchingWords").number(exact.maxRank - 1);
            score = match.then(exact).score();
        }
        m_json.key("score").number(score).endObject();
        return words ? i + 1 : i;
    }

    const ScoreDetails &m_details;
    bool m_unified;
    json::Writer m_json;
    int m_order = 0;
};

/// Runs of ranks joined into one score, everything else by itself.
struct Comparable {
    const ScoreDetail *value = nullptr; ///< Sort or Geo; null for a score
    double score = 0;
};

std::vector<Comparable> comparables(const ScoreDetails &details, double weight)
{
    std::vector<Comparable> out;
    std::optional<Rank> open;
    const auto close = [&] {
        if (open)
            out.push_back({nullptr, open->score() * weight});
        open.reset();
    };
    for (const ScoreDetail &detail : details) {
        if (isRank(detail.kind)) {
            open = open ? open->then(detail.rank) : detail.rank;
            continue;
        }
        close();
        if (detail.kind == Kind::Vector)
            out.push_back({nullptr, double {detail.similarity.value_or(0.0F)} * weight});
        else
            out.push_back({&detail, 0});
    }
    close();
    return out;
}

int sign(double difference)
{
    if (std::abs(difference) <= std::numeric_limits<double>::epsilon())
        return 0;
    return difference > 0 ? 1 : -1;
}

/// 1: left is better.
int compareSort(const ScoreDetail &left, const ScoreDetail &right)
{
    const auto kindOf = [](const std::string &value) { return value == "null" ? 0 : value.starts_with('"') ? 1 : 2; };
    const int kind = kindOf(left.valueJson) - kindOf(right.valueJson);
    if (kind != 0 || kindOf(left.valueJson) == 0)
        return kind > 0 ? 1 : kind < 0 ? -1 : 0;
    const auto l = json::Document::parse(std::string_view(left.valueJson));
    const auto r = json::Document::parse(std::string_view(right.valueJson));
    int order = 0;
    if (kindOf(left.valueJson) == 1)
        order = l->root().toString().compare(r->root().toString());
    else
        order = l->root().toDouble() > r->root().toDouble() ? 1 : l->root().toDouble() < r->root().toDouble() ? -1 : 0;
    order = order > 0 ? 1 : order < 0 ? -1 : 0;
    return left.ascending ? -order : order;
}

std::optional<int> compareValues(const ScoreDetail &left, const ScoreDetail &right)
{
    if (left.kind != right.kind || left.ascending != right.ascending)
        return std::nullopt;
    if (left.kind == Kind::Sort)
        return compareSort(left, right);
    if (!left.point || !right.point)
        return left.point ? 1 : right.point ? -1 : 0;
    const int order = sign(geoDistanceMetres(left.target, *left.point) - geoDistanceMetres(right.target, *right.point));
    return left.ascending ? -order : order;
}

} // namespace

double globalScore(const ScoreDetails &details)
{
    Rank rank;
    std::optional<double> similarity;
    for (const ScoreDetail &detail : details) {
        if (isRank(detail.kind))
            rank = rank.then(detail.rank);
        else if (detail.kind == Kind::Vector)
            similarity = double {detail.similarity.value_or(0.0F)};
    }
    return similarity.value_or(rank.score());
}

QByteArray scoreDetailsJson(const ScoreDetails &details, bool unifiedAttribute)
{
    return DetailsWriter(details, unifiedAttribute).write();
}

std::vector<RuleScore> ruleScores(const ScoreDetails &details)
{
    std::vector<RuleScore> out;
    for (const ScoreDetail &detail : details) {
        RuleScore rule;
        rule.key = ruleKey(detail);
        rule.ascending = detail.ascending;
        rule.rank = detail.rank.rank;
        rule.maxRank = detail.rank.maxRank;
        rule.kind = isRank(detail.kind)        ? RuleScore::Kind::Rank
            : detail.kind == Kind::Sort        ? RuleScore::Kind::Sort
            : detail.kind == Kind::Geo         ? RuleScore::Kind::Geo
            : detail.kind == Kind::Pin         ? RuleScore::Kind::Pin
                                               : RuleScore::Kind::Vector;
        rule.position = detail.position;
        rule.valueJson = detail.valueJson;
        if (detail.point)
            rule.distanceMetres = geoDistanceMetres(detail.target, *detail.point);
        if (detail.similarity)
            rule.similarity = double {*detail.similarity};
        out.push_back(std::move(rule));
    }
    return out;
}

int compareWeighted(const ScoreDetails &left, double leftWeight, const ScoreDetails &right, double rightWeight)
{
    const auto l = comparables(left, leftWeight);
    const auto r = comparables(right, rightWeight);
    for (std::size_t i = 0; i < std::min(l.size(), r.size()); ++i) {
        std::optional<int> order;
        if (l[i].value == nullptr && r[i].value == nullptr)
            order = sign(l[i].score - r[i].score);
        else if (l[i].value != nullptr && r[i].value != nullptr)
            order = compareValues(*l[i].value, *r[i].value);
        if (!order) {
            if (l.size() != r.size())
                return l.size() > r.size() ? 1 : -1;
            return sign(globalScore(left) * leftWeight - globalScore(right) * rightWeight);
        }
        if (*order != 0)
            return *order;
    }
    if (l.size() != r.size())
        return l.size() > r.size() ? 1 : -1;
    return sign(globalScore(left) * leftWeight - globalScore(right) * rightWeight);
}

} // namespace miroir::localnode
