// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/IndexProfile.h"

#include "base/Bytes.h"

#include <algorithm>
#include <set>

namespace miroir::ctl {

namespace {

constexpr std::size_t valuesOfField = 200;
constexpr std::size_t wordsMax = 5000;
constexpr int depthMax = 8;

void addWords(const std::string &text, std::set<std::string> &words)
{
    QString word;
    const QString decoded = toQString(text) + u' ';
    for (const QChar c : decoded) {
        if (c.isLetterOrNumber() || c.isSurrogate()) {
            word += c;
        } else {
            if (word.size() >= 2 && words.size() < wordsMax)
                words.insert(toStd(word));
            word.clear();
        }
    }
}

struct Reader {
    IndexProfile &profile;
    std::set<std::string> fields;
    std::set<std::string> words;
    std::set<std::string> several; ///< paths that lead to more than one value in a document

    void read(const json::Value &value, const std::string &path, int depth, bool many = false)
    {
        if (depth > depthMax)
            return;
        if (value.isArray()) {
            for (const json::Value item : value.items())
                read(item, path, depth + 1, many || value.size() > 1);
            return;
        }
        if (!path.empty())
            fields.insert(path);
        for (const json::Member member : value.members()) {
            const std::string name = member.key();
            if (name != "_vectors" && name != "_geo" && name != "_geojson")
                read(member.value, path.empty() ? name : path + '.' + name, depth + 1, many);
        }
        if (value.isObject())
            return;
        if (many)
            several.insert(path);
        std::vector<std::string> &known = profile.values[path];
        if (!value.isNull() && known.size() < valuesOfField)
            known.emplace_back(value.raw());
        if (value.isString())
            addWords(value.toString(), words);
    }
};

/// `a*`, `*a` and `*a*` are the patterns that Meilisearch knows.
bool matches(const std::string &pattern, const std::string &field)
{
    if (pattern == "*")
        return true;
    if (pattern.size() > 2 && pattern.front() == '*' && pattern.back() == '*')
        return field.find(pattern.substr(1, pattern.size() - 2)) != std::string::npos;
    if (pattern.starts_with('*'))
        return field.ends_with(pattern.substr(1));
    if (pattern.ends_with('*'))
        return field.starts_with(pattern.substr(0, pattern.size() - 1));
    return field == pattern || field.starts_with(pattern + '.');
}

std::vector<std::string> patternsOf(const json::Value &list)
{
    std::vector<std::string> patterns;
    for (const json::Value item : list.items()) {
        if (item.isString())
            patterns.push_back(item.toString());
        for (const json::Value pattern : item["attributePatterns"].items())
            patterns.push_back(pattern.toString());
    }
    return patterns;
}

std::vector<std::string> matching(const std::vector<std::string> &fields, const std::vector<std::string> &patterns)
{
    std::vector<std::string> out;
    for (const std::string &field : fields) {
        if (std::any_of(patterns.begin(), patterns.end(), [&](const auto &pattern) { return matches(pattern, field); }))
            out.push_back(field);
    }
    return out;
}

/// A number and a text that reads as one: without comparison a filter takes 7 and "7" for the same.
bool numbersAsTexts(const std::vector<std::string> &values)
{
    bool numbers = false, texts = false;
    for (const std::string &raw : values) {
        const bool text = raw.starts_with('"') && raw.size() > 2;
        bool reads = false;
        (text ? toQString(raw.substr(1, raw.size() - 2)) : toQString(raw)).toDouble(&reads);
        texts = texts || (text && reads);
        numbers = numbers || (!text && reads);
    }
    return numbers && texts;
}

/// Whether filters can name each value of the field, by the first rule that matches it.
bool filtersTell(const json::Value &rules, const std::string &field, const std::vector<std::string> &values)
{
    for (const json::Value rule : rules.items()) {
        const bool plain = rule.isString();
        std::vector<std::string> patterns {plain ? rule.toString() : std::string()};
        if (!plain) {
            patterns.clear();
            for (const json::Value pattern : rule["attributePatterns"].items())
                patterns.push_back(pattern.toString());
        }
        const auto named = [&field](const std::string &pattern) { return matches(pattern, field); };
        if (std::none_of(patterns.begin(), patterns.end(), named))
            continue;
        const json::Value filter = rule["features"]["filter"];
        const bool equality = plain || !filter["equality"].exists() || filter["equality"].toBool();
        const bool comparison = plain || (filter["comparison"].exists() && filter["comparison"].toBool());
        if (equality)
            return comparison || !numbersAsTexts(values);
        if (comparison)
            return false;
        break;
    }
    return !numbersAsTexts(values); // only distinct by the settings, which lets nodes filter by equality
}

void readEmbedders(IndexProfile &profile, const json::Value &embedders)
{
    for (const json::Member member : embedders.members()) {
        const auto dimensions = member.value["dimensions"].toU64();
        if (member.value["source"].toString() == "userProvided" && dimensions)
            profile.embedders.push_back({member.key(), *dimensions});
    }
}

} // namespace

IndexProfile IndexProfile::make(
    const std::string &uid, const std::string &primaryKey, const json::Value &settings, const json::Value &documents)
{
    IndexProfile profile;
    profile.uid = uid;
    profile.primaryKey = primaryKey;
    Reader reader {profile, {}, {}, {}};
    for (const json::Value document : documents.items()) {
        reader.read(document, {}, 0);
        if (document[primaryKey].exists())
            profile.ids.emplace_back(document[primaryKey].raw());
        const json::Value geo = document["_geo"];
        if (geo["lat"].isNumber() && geo["lng"].isNumber())
            profile.points.push_back({geo["lat"].toDouble(), geo["lng"].toDouble()});
    }
    profile.fields.assign(reader.fields.begin(), reader.fields.end());
    profile.words.assign(reader.words.begin(), reader.words.end());
    const std::vector<std::string> filters = patternsOf(settings["filterableAttributes"]);
    const std::vector<std::string> sorts = patternsOf(settings["sortableAttributes"]);
    profile.filterable = matching(profile.fields, filters);
    profile.sortable = matching(profile.fields, sorts);
    profile.searchable = matching(profile.fields, patternsOf(settings["searchableAttributes"]));
    const auto names = [](const auto &list, const char *name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    profile.geoFilter = names(filters, "_geo") && !profile.points.empty();
    profile.geoSort = names(sorts, "_geo") && !profile.points.empty();
    readEmbedders(profile, settings["embedders"]);
    profile.traits.primaryKey = primaryKey;
    profile.traits.distinct = settings["distinctAttribute"].isString();
    profile.traits.distinctAttribute = settings["distinctAttribute"].toString();
    for (const std::string &field : reader.several) {
        if (!filtersTell(settings["filterableAttributes"], field, profile.values[field]))
            profile.traits.vague.insert(field);
    }
    profile.traits.maxTotalHits
        = settings["pagination"]["maxTotalHits"].toU64().value_or(profile.traits.maxTotalHits);
    for (const json::Member order : settings["faceting"]["sortFacetValuesBy"].members())
        profile.traits.facetsByCount = profile.traits.facetsByCount || order.value.toString() == "count";
    return profile;
}

} // namespace miroir::ctl
