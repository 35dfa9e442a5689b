// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Error.h"
#include "json/Json.h"

#include <QByteArray>

#include <cstdint>
#include <string_view>

/// Experimental features. Pure.
namespace miroir::protocol {

/// In the order in which a node writes them.
enum class Feature : std::uint8_t {
    Metrics,
    LogsRoute,
    EditDocumentsByFunction,
    ContainsFilter,
    DynamicSearchRules,
    Network,
    GetTaskDocumentsRoute,
    TaskQueueCompactionRoute,
    CompositeEmbedders,
    ChatCompletions,
    Multimodal,
    ForeignKeys,
    DisableDocumentsFetchQueue,
    LegacySearch,
    RenderRoute,
};
inline constexpr int featureCount = 15;

struct Features
{
    std::uint32_t bits = 0;
    bool operator==(const Features &) const = default;
    [[nodiscard]] bool has(Feature feature) const { return (bits >> static_cast<unsigned>(feature) & 1U) != 0; }
    void set(Feature feature, bool on)
    {
        const std::uint32_t bit = 1U << static_cast<unsigned>(feature);
        bits = on ? bits | bit : bits & ~bit;
    }
};

std::string_view featureKey(Feature feature); ///< "logsRoute", the member in JSON
QByteArray featuresToJson(const Features &features);
Result<Features> featuresFromText(const QByteArray &text); ///< of featuresToJson
/// The body of PATCH /experimental-features over what is set now.
ApiResult<Features> parseFeaturesPatch(const json::Value &body, Features now);

/// "{action} requires enabling the `edit documents by function` experimental feature. See .." (400
/// feature_not_enabled).
ApiStatus checkFeature(const Features &features, Feature feature, std::string_view action);
/// The same with the action that a node always names for that feature (metrics, logsRoute, containsFilter, task
/// routes); for others pass the action.
ApiStatus checkFeature(const Features &features, Feature feature);

} // namespace miroir::protocol
