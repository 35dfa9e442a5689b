// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsRead.h"

#include "protocol/SettingsEmbedders.h"
#include "protocol/SettingsLocales.h"

#include <array>

namespace miroir::protocol {

// The readers of the types of settings stand in the namespace of Location, where the templates of Deserr.h find them.

template <typename T>
static ApiStatus readInto(Change<T> &out, const json::Value &v, const Location &at, std::string_view code)
{
    if (v.isNull()) {
        out = Change<T>::reset();
        return Done {};
    }
    T value {};
    if (auto s = readInto(value, v, at, code); !s)
        return s;
    out = Change<T>::set(std::move(value));
    return Done {};
}

static ApiStatus readInto(std::set<std::string> &out, const json::Value &v, const Location &at, std::string_view code)
{
    std::vector<std::string> list;
    if (auto s = readInto(list, v, at, code); !s)
        return s;
    out = {list.begin(), list.end()};
    return Done {};
}

static ApiStatus readInto(FilterableRule &out, const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    if (!v.isObject()) {
        std::string name;
        if (auto s = readInto(name, v, at, code); !s)
            return s;
        out = {false, {std::move(name)}, {true, true, true}};
        return Done {};
    }
    out = {true, {}, {}};
    FilterFeatures &features = out.features;
    const ReadJson readFilter = [&](const json::Value &value, const Location &where, std::string_view why) {
        return readObject(value, where,
            {{"equality", c, into(&features.equality)}, {"comparison", c, into(&features.comparison)}}, {why});
    };
    const ReadJson readFeatures = [&](const json::Value &value, const Location &where, std::string_view why) {
        return readObject(
            value, where, {{"facetSearch", c, into(&features.facetSearch)}, {"filter", c, readFilter}}, {why});
    };
    return readObject(
        v, at, {{"attributePatterns", c, into(&out.patterns), c}, {"features", c, readFeatures}}, {code});
}

static ApiStatus readInto(ForeignKey &out, const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    return readObject(v, at,
        {{"foreignIndexUid", c, into(&out.foreignIndexUid), c}, {"fieldName", c, into(&out.fieldName), c}}, {code});
}

static ApiStatus readInto(RankingRule &out, const json::Value &v, const Location &at, std::string_view code)
{
    std::string text;
    if (auto s = readInto(text, v, at, code); !s)
        return s;
    auto rule = RankingRule::parse(text);
    if (!rule)
        return invalidValue(rule.error(), at, code);
    out = std::move(rule).value();
    return Done {};
}

static ApiStatus readInto(FacetOrder &out, const json::Value &v, const Location &at, std::string_view code)
{
    static constexpr std::array<const char *, 2> names {"alpha", "count"};
    std::size_t place = 0;
    auto s = readName(place, names, v, at, code);
    out = place == 1 ? FacetOrder::Count : FacetOrder::Alpha;
    return s;
}

static ApiStatus readInto(LocalizedRule &out, const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    const ReadJson readLocales
        = [&](const json::Value &value, const Location &where, std::string_view why) -> ApiStatus {
        if (!value.isArray())
            return wrongType(value, AcceptsArray, where, why);
        for (const json::Value item : value.items()) {
            std::size_t place = 0;
            if (auto s = readName(place, localeNames(), item, where.item(out.locales.size()), why); !s)
                return s;
            out.locales.emplace_back(localeNames()[place]);
        }
        return Done {};
    };
    return readObject(
        v, at, {{"attributePatterns", c, into(&out.attributePatterns), c}, {"locales", c, readLocales, c}}, {code});
}

static ApiStatus readInto(TypoPatch::Sizes &out, const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    auto s = readObject(v, at, {{"oneTypo", c, into(&out.oneTypo)}, {"twoTypos", c, into(&out.twoTypos)}}, {code});
    if (!s)
        return s;
    if (out.oneTypo.isSet() && out.twoTypos.isSet() && out.oneTypo.value() > out.twoTypos.value())
        return invalidValue(typoSizesProblem(out.oneTypo.value(), out.twoTypos.value()), at, code);
    return Done {};
}

static ApiStatus readInto(TypoPatch &out, const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    return readObject(v, at,
        {{"enabled", c, into(&out.enabled)}, {"minWordSizeForTypos", c, into(&out.minWordSizeForTypos)},
            {"disableOnWords", c, into(&out.disableOnWords)},
            {"disableOnAttributes", c, into(&out.disableOnAttributes)},
            {"disableOnNumbers", c, into(&out.disableOnNumbers)}},
        {code});
}

static ApiStatus readInto(FacetingPatch &out, const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    return readObject(v, at,
        {{"maxValuesPerFacet", c, into(&out.maxValuesPerFacet)},
            {"sortFacetValuesBy", c, into(&out.sortFacetValuesBy)}},
        {code});
}

static ApiStatus readInto(PaginationPatch &out, const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    const ReadJson readMax = [&](const json::Value &value, const Location &where, std::string_view why) -> ApiStatus {
        if (auto s = readInto(out.maxTotalHits, value, where, why); !s)
            return s;
        if (out.maxTotalHits.isSet() && out.maxTotalHits.value() == 0) {
            return invalidValue(
                "a non-zero integer value lower than `18446744073709551615` was expected, but found a zero", where,
                why);
        }
        return Done {};
    };
    return readObject(v, at, {{"maxTotalHits", c, readMax}}, {code});
}

static ApiStatus readInto(EmbedderPatch &out, const json::Value &v, const Location &at, std::string_view code)
{
    return embedders::read(out, v, at, code);
}

namespace {

/// A choice of two words as a flag that is true for the second one.
ReadJson choice(Change<bool> *out, const char *no, const char *yes)
{
    return [out, no, yes](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (v.isNull()) {
            *out = Change<bool>::reset();
            return Done {};
        }
        const std::array<const char *, 2> names {no, yes};
        std::size_t place = 0;
        if (auto s = readName(place, names, v, at, code); !s)
            return s;
        *out = Change<bool>::set(place == 1);
        return Done {};
    };
}

/// prefixSearch names its default first, but the flag is true for it.
ReadJson prefixChoice(Change<bool> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        Change<bool> disabled;
        if (auto s = choice(&disabled, "indexingTime", "disabled")(v, at, code); !s)
            return s;
        *out = disabled.isSet() ? Change<bool>::set(!disabled.value()) : Change<bool>::reset();
        return Done {};
    };
}

template <typename T>
ReadJson range01(const char *name)
{
    return [name](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        T number {};
        if (v.isNull())
            return Done {};
        if (auto s = readInto(number, v, at, code); !s)
            return s;
        if (number < 0 || number > 1) {
            return invalidValue(
                "the value of `" + std::string(name) + "` is invalid, expected a float between `0.0` and `1.0`.", at,
                code);
        }
        return Done {};
    };
}

template <typename T>
ReadJson nullOr()
{
    return [](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        Change<T> value;
        return readInto(value, v, at, code);
    };
}

ApiStatus readChatSearch(const json::Value &v, const Location &at, std::string_view code)
{
    const std::string text(code);
    const char *const c = text.c_str();
    const ReadJson strategy = [](const json::Value &value, const Location &where, std::string_view why) -> ApiStatus {
        static constexpr std::array<const char *, 3> names {"last", "all", "frequency"};
        std::size_t place = 0;
        return value.isNull() ? ApiStatus(Done {}) : readName(place, names, value, where, why);
    };
    const ReadJson hybrid = [&](const json::Value &value, const Location &where, std::string_view why) -> ApiStatus {
        std::string embedder;
        if (value.isNull())
            return Done {};
        return readObject(value, where,
            {{"semanticRatio", c, range01<float>("semanticRatio")}, {"embedder", c, into(&embedder), c}}, {why});
    };
    if (v.isNull())
        return Done {};
    return readObject(v, at,
        {{"hybrid", c, hybrid}, {"limit", c, nullOr<std::uint64_t>()},
            {"sort", c, nullOr<std::vector<std::string>>()}, {"distinct", c, nullOr<std::string>()},
            {"matchingStrategy", c, strategy}, {"attributesToSearchOn", c, nullOr<std::vector<std::string>>()},
            {"rankingScoreThreshold", c, range01<double>("rankingScoreThreshold")}},
        {code});
}

ReadJson readChat(SettingsPatch *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        using Members = std::vector<std::pair<std::string, std::string>>;
        if (v.isNull()) {
            out->chat = Change<Members>::reset();
            return Done {};
        }
        const std::string text(code);
        const char *const c = text.c_str();
        const ObjectRules rules {code};
        const auto s = readObject(v, at,
            {{"description", c, nullOr<std::string>()}, {"documentTemplate", c, nullOr<std::string>()},
                {"documentTemplateMaxBytes", c, nullOr<std::uint64_t>()}, {"searchParameters", c, readChatSearch}},
            rules);
        if (!s)
            return s;
        Members members;
        for (const char *name : {"description", "documentTemplate", "documentTemplateMaxBytes", "searchParameters"}) {
            if (const json::Value member = v.find(name))
                members.emplace_back(name, json::compact(member));
        }
        out->chat = Change<Members>::set(std::move(members));
        return Done {};
    };
}

ReadJson readerOf(SettingsPatch *p, SettingName name)
{
    switch (name) {
    case SettingName::DisplayedAttributes:
        return into(&p->displayedAttributes);
    case SettingName::SearchableAttributes:
        return into(&p->searchableAttributes);
    case SettingName::FilterableAttributes:
        return into(&p->filterableAttributes);
    case SettingName::SortableAttributes:
        return into(&p->sortableAttributes);
    case SettingName::ForeignKeys:
        return into(&p->foreignKeys);
    case SettingName::RankingRules:
        return into(&p->rankingRules);
    case SettingName::StopWords:
        return into(&p->stopWords);
    case SettingName::NonSeparatorTokens:
        return into(&p->nonSeparatorTokens);
    case SettingName::SeparatorTokens:
        return into(&p->separatorTokens);
    case SettingName::Dictionary:
        return into(&p->dictionary);
    case SettingName::Synonyms:
        return into(&p->synonyms);
    case SettingName::DistinctAttribute:
        return into(&p->distinctAttribute);
    case SettingName::ProximityPrecision:
        return choice(&p->proximityByAttribute, "byWord", "byAttribute");
    case SettingName::TypoTolerance:
        return into(&p->typoTolerance);
    case SettingName::Faceting:
        return into(&p->faceting);
    case SettingName::Pagination:
        return into(&p->pagination);
    case SettingName::Embedders:
        return into(&p->embedders);
    case SettingName::SearchCutoffMs:
        return into(&p->searchCutoffMs);
    case SettingName::LocalizedAttributes:
        return into(&p->localizedAttributes);
    case SettingName::FacetSearch:
        return into(&p->facetSearch);
    case SettingName::PrefixSearch:
        return prefixChoice(&p->prefixSearch);
    case SettingName::Chat:
        break;
    }
    return readChat(p);
}

} // namespace

namespace settingsread {

ApiStatus readAll(SettingsPatch &out, const json::Value &body)
{
    std::vector<Field> fields;
    for (const SettingInfo &info : settingTable())
        fields.push_back({info.key.data(), info.errorCode.data(), readerOf(&out, info.name)});
    return readObject(body, {}, fields);
}

ApiStatus readOne(SettingsPatch &out, SettingName name, const json::Value &body)
{
    return readerOf(&out, name)(body, {}, settingInfo(name).errorCode);
}

} // namespace settingsread

ApiResult<SettingsPatch> parseSettingsPatch(const json::Value &body, const Features &features, ReservedNames names)
{
    SettingsPatch patch;
    if (auto s = settingsread::readAll(patch, body); !s)
        return s.err();
    if (auto s = validateSettingsPatch(patch, features, names); !s)
        return s.err();
    return patch;
}

ApiResult<SettingsPatch> parseSettingPatch(
    SettingName name, const json::Value &body, const Features &features, ReservedNames names)
{
    SettingsPatch patch;
    if (auto s = settingsread::readOne(patch, name, body); !s)
        return s.err();
    if (auto s = validateSettingsPatch(patch, features, names); !s)
        return s.err();
    return patch;
}

Result<SettingsPatch> patchFromText(const QByteArray &text)
{
    const auto doc = json::Document::parse(text);
    if (!doc)
        return fail("stored settings are no JSON: " + doc.error().message());
    SettingsPatch patch;
    if (auto s = settingsread::readAll(patch, doc->root()); !s)
        return fail("stored settings cannot be read: " + s.error().message);
    return patch;
}

} // namespace miroir::protocol
