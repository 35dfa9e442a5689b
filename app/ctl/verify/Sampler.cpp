// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/Sampler.h"

#include "base/Bytes.h"

#include <QString>

#include <algorithm>
#include <array>

namespace miroir::ctl {

namespace {

void strings(json::Writer &out, std::string_view name, const std::vector<std::string> &list)
{
    out.key(name).beginArray();
    for (const std::string &each : list)
        out.string(each);
    out.endArray();
}

/// A JSON scalar as a value of a filter: numbers bare, texts in quotation marks.
std::string filterValue(const std::string &json)
{
    const auto parsed = json::Document::parse(std::string_view(json));
    if (!parsed || !parsed->root().isString())
        return json;
    std::string out = "\"";
    for (const char c : parsed->root().toString()) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

bool isNumber(const std::string &json)
{
    return !json.empty() && (json.front() == '-' || (json.front() >= '0' && json.front() <= '9'));
}

QByteArray indexPath(const std::string &uid)
{
    return "/indexes/" + toBytes(uid).toPercentEncoding();
}

Replay post(QByteArray target, QByteArray body)
{
    Replay replay;
    replay.target = std::move(target);
    replay.body = std::move(body);
    classify(replay);
    return replay;
}

} // namespace

Replay Sampler::next()
{
    const std::size_t kind = below(100);
    if (kind < 80)
        return search();
    if (kind < 86)
        return searchByGet();
    if (kind < 90 && !m_profile.filterable.empty())
        return facetSearch();
    if (kind < 94)
        return documents();
    if (kind < 97)
        return multiSearch();
    return refused();
}

std::vector<std::string> Sampler::someOf(const std::vector<std::string> &list, std::size_t most)
{
    std::vector<std::string> out;
    const std::size_t count = list.empty() ? 0 : 1 + below(std::min(most, list.size()));
    for (std::size_t i = 0; i < count; ++i) {
        const std::string &each = oneOf(list);
        if (std::find(out.begin(), out.end(), each) == out.end())
            out.push_back(each);
    }
    return out;
}

std::string Sampler::misspelt(const std::string &word)
{
    QString text = toQString(word);
    if (text.size() < 4)
        return word;
    const auto at = static_cast<qsizetype>(below(static_cast<std::size_t>(text.size())));
    const QChar letter(u'a' + static_cast<char16_t>(below(26)));
    switch (below(4)) {
    case 0:
        text.remove(at, 1);
        break;
    case 1:
        text.insert(at, letter);
        break;
    case 2:
        text[at] = letter;
        break;
    default:
        if (at + 1 < text.size())
            std::swap(text[at], text[at + 1]);
    }
    return toStd(text);
}

std::string Sampler::word()
{
    const std::string &word = oneOf(m_profile.words);
    const std::size_t kind = below(10);
    if (kind < 2)
        return misspelt(word);
    if (kind < 4) { // a prefix
        const QString text = toQString(word);
        return toStd(text.left(1 + static_cast<qsizetype>(below(static_cast<std::size_t>(text.size())))));
    }
    return word;
}

std::string Sampler::query()
{
    if (m_profile.words.empty())
        return {};
    std::string q;
    const std::size_t count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i)
        q += (i > 0 ? " " : "") + word();
    if (chance(8))
        q = '"' + q + '"';
    if (chance(6))
        q += " -" + oneOf(m_profile.words);
    return q;
}

std::string Sampler::geoCondition()
{
    const IndexProfile::Point &point = m_profile.points[below(m_profile.points.size())];
    const auto text = [](double number) { return json::formatDouble(number); };
    if (chance(60))
        return "_geoRadius(" + text(point.latitude) + ", " + text(point.longitude) + ", "
            + std::to_string(1000 + below(2'000'000)) + ')';
    const double size = 1.0 + static_cast<double>(below(20));
    return "_geoBoundingBox([" + text(std::min(point.latitude + size, 89.0)) + ", "
        + text(std::min(point.longitude + size, 179.0)) + "], [" + text(std::max(point.latitude - size, -89.0)) + ", "
        + text(std::max(point.longitude - size, -179.0)) + "])";
}

std::string Sampler::condition()
{
    if (m_profile.geoFilter && chance(10))
        return geoCondition();
    const std::string &field = oneOf(m_profile.filterable);
    const std::string name = '"' + field + '"';
    const auto known = m_profile.values.find(field);
    if (known == m_profile.values.end() || known->second.empty())
        return name + (chance(50) ? " EXISTS" : " IS NOT NULL");
    const std::string &value = oneOf(known->second);
    static constexpr std::array states {
        " EXISTS", " NOT EXISTS", " IS NULL", " IS NOT NULL", " IS EMPTY", " IS NOT EMPTY"};
    const std::size_t kind = below(10);
    if (kind == 0)
        return name + states[below(states.size())];
    if (kind < 3) {
        std::string list;
        for (const std::string &each : someOf(known->second, 4))
            list += (list.empty() ? "" : ", ") + filterValue(each);
        return name + (chance(20) ? " NOT IN [" : " IN [") + list + ']';
    }
    if (kind < 7 && isNumber(value)) {
        static constexpr std::array comparisons {" > ", " >= ", " < ", " <= "};
        const std::string &other = oneOf(known->second);
        if (chance(25) && isNumber(other))
            return name + ' ' + value + " TO " + other;
        return name + comparisons[below(comparisons.size())] + value;
    }
    return name + (chance(15) ? " != " : " = ") + filterValue(value);
}

std::string Sampler::filter(int depth)
{
    if (depth == 0 || chance(50))
        return condition();
    if (chance(12))
        return "NOT (" + filter(depth - 1) + ')';
    // One draw after the other: the order inside an expression is the compiler's.
    const std::string left = filter(depth - 1);
    const char *joined = chance(50) ? " AND " : " OR ";
    return '(' + left + joined + filter(depth - 1) + ')';
}

std::vector<std::string> Sampler::sort()
{
    std::vector<std::string> rules;
    if (m_profile.geoSort && chance(25)) {
        const IndexProfile::Point &point = m_profile.points[below(m_profile.points.size())];
        rules.push_back("_geoPoint(" + json::formatDouble(point.latitude) + ", " + json::formatDouble(point.longitude)
            + (chance(70) ? "):asc" : "):desc"));
    }
    for (const std::string &field : someOf(m_profile.sortable, 2))
        rules.push_back(field + (chance(50) ? ":asc" : ":desc"));
    return rules;
}

void Sampler::pageMembers(json::Writer &out)
{
    const std::size_t kind = below(10);
    if (kind < 4) {
        out.key("limit").number(std::uint64_t {below(40)});
        if (chance(50))
            out.key("offset").number(std::uint64_t {below(60)});
    } else if (kind < 7) {
        out.key("page").number(std::uint64_t {below(5)});
        if (chance(70))
            out.key("hitsPerPage").number(std::uint64_t {below(30)});
    } else if (kind == 7) {
        out.key("limit").number(std::uint64_t {200 + below(1000)});
    }
}

void Sampler::shownMembers(json::Writer &out)
{
    if (chance(20)) {
        std::vector<std::string> fields = someOf(m_profile.fields, 4);
        fields.push_back(m_profile.primaryKey);
        strings(out, "attributesToRetrieve", fields);
    }
    if (chance(15))
        strings(out, "attributesToHighlight",
            chance(40) ? std::vector<std::string> {"*"} : someOf(m_profile.fields, 3));
    if (chance(10)) {
        strings(out, "attributesToCrop", chance(40) ? std::vector<std::string> {"*"} : someOf(m_profile.fields, 2));
        out.key("cropLength").number(std::uint64_t {1 + below(20)});
    }
    if (chance(10))
        out.key("showMatchesPosition").boolean(true);
    if (chance(15))
        out.key("showRankingScore").boolean(true);
    if (chance(10))
        out.key("showRankingScoreDetails").boolean(true);
}

void Sampler::rankMembers(json::Writer &out)
{
    static constexpr std::array strategies {"last", "all", "frequency"};
    if (chance(25))
        out.key("matchingStrategy").string(strategies[below(strategies.size())]);
    if (!m_profile.searchable.empty() && chance(12))
        strings(out, "attributesToSearchOn", someOf(m_profile.searchable, 3));
    if (chance(7))
        out.key("rankingScoreThreshold").number(static_cast<double>(below(100)) / 100.0);
    const std::vector<std::string> rules = chance(25) ? sort() : std::vector<std::string> {};
    if (!rules.empty())
        strings(out, "sort", rules);
    if (!m_profile.filterable.empty() && chance(8))
        out.key("distinct").string(oneOf(m_profile.filterable));
}

void Sampler::vectorMembers(json::Writer &out)
{
    const IndexProfile::Embedder &embedder = m_profile.embedders[below(m_profile.embedders.size())];
    out.key("hybrid").beginObject().key("embedder").string(embedder.name);
    out.key("semanticRatio").number(static_cast<double>(below(11)) / 10.0).endObject().key("vector").beginArray();
    for (std::uint64_t i = 0; i < embedder.dimensions; ++i)
        out.number(static_cast<double>(below(2001)) / 1000.0 - 1.0);
    out.endArray();
}

void Sampler::facetMembers(json::Writer &out)
{
    strings(out, "facets", someOf(m_profile.filterable, 3));
}

void Sampler::searchMembers(json::Writer &out)
{
    if (!chance(15))
        out.key("q").string(query());
    if (!m_profile.filterable.empty() && chance(35))
        out.key("filter").string(filter(2));
    if (!m_profile.embedders.empty() && chance(10))
        vectorMembers(out);
    shownMembers(out);
    rankMembers(out);
}

Replay Sampler::search()
{
    json::Writer out;
    out.beginObject();
    searchMembers(out);
    pageMembers(out);
    if (!m_profile.filterable.empty() && chance(25))
        facetMembers(out);
    return post(indexPath(m_profile.uid) + "/search", out.endObject().take());
}

Replay Sampler::searchByGet()
{
    QByteArray query = "q=" + toBytes(this->query()).toPercentEncoding();
    query += "&limit=" + QByteArray::number(static_cast<qulonglong>(below(30)));
    if (!m_profile.filterable.empty() && chance(40))
        query += "&filter=" + toBytes(filter(1)).toPercentEncoding();
    if (!m_profile.sortable.empty() && chance(30))
        query += "&sort=" + toBytes(oneOf(m_profile.sortable)).toPercentEncoding() + ":desc";
    if (chance(30))
        query += "&attributesToHighlight=*";
    Replay replay;
    replay.method = "GET";
    replay.target = indexPath(m_profile.uid) + "/search?" + query;
    classify(replay);
    return replay;
}

Replay Sampler::facetSearch()
{
    json::Writer out;
    out.beginObject().key("facetName").string(oneOf(m_profile.filterable));
    if (chance(70) && !m_profile.words.empty())
        out.key("facetQuery").string(word());
    if (chance(40))
        out.key("q").string(query());
    if (chance(30))
        out.key("filter").string(filter(1));
    return post(indexPath(m_profile.uid) + "/facet-search", out.endObject().take());
}

Replay Sampler::documents()
{
    json::Writer out;
    out.beginObject().key("limit").number(std::uint64_t {below(50)});
    if (chance(60))
        out.key("offset").number(std::uint64_t {below(500)});
    if (!m_profile.filterable.empty() && chance(40))
        out.key("filter").string(filter(1));
    if (!m_profile.sortable.empty() && chance(40)) {
        const char *direction = chance(50) ? ":asc" : ":desc";
        strings(out, "sort", {oneOf(m_profile.sortable) + direction});
    }
    if (chance(30)) {
        std::vector<std::string> fields = someOf(m_profile.fields, 3);
        fields.push_back(m_profile.primaryKey);
        strings(out, "fields", fields);
    }
    return post(indexPath(m_profile.uid) + "/documents/fetch", out.endObject().take());
}

Replay Sampler::multiSearch()
{
    const bool federated = chance(50);
    json::Writer out;
    out.beginObject();
    if (federated)
        out.key("federation").beginObject().key("limit").number(std::uint64_t {5 + below(30)}).endObject();
    out.key("queries").beginArray();
    const std::size_t count = 1 + below(3);
    for (std::size_t i = 0; i < count; ++i) {
        out.beginObject().key("indexUid").string(m_profile.uid).key("q").string(query());
        if (!m_profile.filterable.empty() && chance(40))
            out.key("filter").string(filter(1));
        if (!federated)
            pageMembers(out);
        else if (chance(40)) {
            const double weight = 0.5 + static_cast<double>(below(3));
            out.key("federationOptions").beginObject().key("weight").number(weight).endObject();
        }
        out.endObject();
    }
    return post("/multi-search", out.endArray().endObject().take());
}

Replay Sampler::refused()
{
    const QByteArray search = indexPath(m_profile.uid) + "/search";
    switch (below(6)) {
    case 0:
        return post(search, R"({"filter":"no_such_field = 1"})");
    case 1:
        return post(search, R"({"sort":["no_such_field:asc"]})");
    case 2:
        return post(search, R"({"rankingScoreThreshold":1.5})");
    case 3:
        return post(search, R"({"limit":-1,"q":"x"})");
    case 4:
        return post(search, R"({"noSuchParameter":true})");
    default:
        return post("/indexes/no-such-index/search", R"({"q":"x"})");
    }
}

} // namespace miroir::ctl
