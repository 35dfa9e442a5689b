// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Features.h"

#include "protocol/Deserr.h"

#include <array>

namespace miroir::protocol {

namespace {

struct FeatureInfo
{
    const char *key;
    const char *name; ///< in error texts
    const char *issue; ///< number of the discussion
    const char *action = nullptr; ///< always named; others are named by the route
};
constexpr std::array<FeatureInfo, featureCount> Table {{
    {"metrics", "metrics", "https://github.com/meilisearch/product/discussions/625", "Getting metrics"},
    {"logsRoute", "logs route", "https://github.com/orgs/meilisearch/discussions/721",
        "Modifying logs through the `/logs/*` routes"},
    {"editDocumentsByFunction", "edit documents by function", "https://github.com/orgs/meilisearch/discussions/762",
        "Using the documents edit route"},
    {"containsFilter", "contains filter", "https://github.com/orgs/meilisearch/discussions/763",
        "Using `CONTAINS` in a filter"},
    {"dynamicSearchRules", "dynamic search rules", "https://github.com/orgs/meilisearch/discussions/884"},
    {"network", "network", "https://github.com/orgs/meilisearch/discussions/805", "Using the /network route"},
    {"getTaskDocumentsRoute", "get task documents route", "https://github.com/orgs/meilisearch/discussions/808",
        "Getting the documents of an enqueued task"},
    {"taskQueueCompactionRoute", "task queue compaction route", "https://github.com/orgs/meilisearch/discussions/883",
        "Using the /tasks/compact route"},
    {"compositeEmbedders", "composite embedders", "https://github.com/orgs/meilisearch/discussions/816"},
    {"chatCompletions", "chat completions", "https://github.com/orgs/meilisearch/discussions/835"},
    {"multimodal", "multimodal", "https://github.com/orgs/meilisearch/discussions/846"},
    {"foreignKeys", "foreign_keys", "https://github.com/orgs/meilisearch/discussions/873"},
    {"disableDocumentsFetchQueue", "", ""},
    {"legacySearch", "", ""},
    {"renderRoute", "render_route", "https://github.com/orgs/meilisearch/discussions/888"},
}};

const FeatureInfo &infoOf(Feature feature) { return Table[static_cast<std::size_t>(feature)]; }

} // namespace

std::string_view featureKey(Feature feature) { return infoOf(feature).key; }

QByteArray featuresToJson(const Features &features)
{
    json::Writer out;
    out.beginObject();
    for (std::size_t i = 0; i < Table.size(); ++i)
        out.key(Table[i].key).boolean(features.has(static_cast<Feature>(i)));
    out.endObject();
    return out.take();
}

Result<Features> featuresFromText(const QByteArray &text)
{
    const auto doc = json::Document::parse(text);
    if (!doc)
        return fail("stored features are no JSON: " + doc.error().message());
    Features features;
    for (std::size_t i = 0; i < Table.size(); ++i)
        features.set(static_cast<Feature>(i), doc->root().find(Table[i].key).toBool());
    return features;
}

ApiResult<Features> parseFeaturesPatch(const json::Value &body, Features now)
{
    std::array<std::optional<bool>, featureCount> values;
    std::vector<Field> fields;
    for (std::size_t i = 0; i < Table.size(); ++i)
        fields.push_back({Table[i].key, "bad_request", into(&values[i])});
    if (auto s = readObject(body, {}, fields); !s)
        return s.err();
    for (std::size_t i = 0; i < Table.size(); ++i) {
        if (values[i])
            now.set(static_cast<Feature>(i), *values[i]);
    }
    return now;
}

ApiStatus checkFeature(const Features &features, Feature feature, std::string_view action)
{
    if (features.has(feature))
        return Done {};
    return Err<ApiError> {featureNotEnabled(action, infoOf(feature).name, infoOf(feature).issue)};
}

ApiStatus checkFeature(const Features &features, Feature feature)
{
    const char *const action = infoOf(feature).action;
    MIROIR_ASSERT(action != nullptr);
    return checkFeature(features, feature, action);
}

} // namespace miroir::protocol
