// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/ContentCheck.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "protocol/DocumentGeo.h"
#include "protocol/DocumentVectors.h"
#include "write/FirstOfId.h"

#include <string_view>
#include <vector>

namespace miroir::write {

namespace {

/// Which documents of the batch decide about the two members of one id.
struct Deciding {
    std::uint32_t geo = 0, vectors = 0;
};

protocol::ApiError inIndex(const std::string &indexUid, protocol::ApiError error)
{
    error.message = "Index `" + indexUid + "`: " + error.message;
    return error;
}

json::Document parsed(const DocumentBatch &batch, std::size_t i)
{
    const BatchDocument &document = batch.documents[i];
    auto read = json::Document::parse(sv(batch.payload).substr(document.begin, document.length));
    MIROIR_ASSERT(read.ok()); // findIds() has read it
    return std::move(*read);
}

} // namespace

std::optional<protocol::ApiError> contentProblem(const DocumentBatch &batch,
    const std::function<bool(std::size_t)> &known, const protocol::Settings &settings, const std::string &indexUid,
    bool partial)
{
    const bool judgeGeo = settings.geoFilterable() || settings.geoSortable();
    const bool judgeVectors = !settings.embedders.empty();
    if (!judgeGeo && !judgeVectors)
        return std::nullopt;
    FirstOfId firstOfId(batch);
    std::vector<Deciding> byFirst(batch.documents.size()); // of the places where an id stands first
    std::vector<bool> isFirst(batch.documents.size());
    for (std::size_t i = 0; i < batch.documents.size(); ++i) {
        const BatchDocument &document = batch.documents[i];
        const auto place = static_cast<std::uint32_t>(i);
        const std::size_t first = firstOfId.enter(i);
        isFirst[first] = true;
        // a replacement keeps the last document; merged ones keep the last that has the member
        if (first == i || !partial || document.hasGeo)
            byFirst[first].geo = place;
        if (first == i || !partial || document.hasVectors)
            byFirst[first].vectors = place;
    }
    std::map<std::string, std::vector<std::string>> missing;
    for (std::size_t i = 0; i < batch.documents.size(); ++i) {
        if (!isFirst[i])
            continue;
        const std::string_view id = batch.documents[i].id;
        const Deciding &deciding = byFirst[i];
        const bool exists = known(i);
        if (judgeGeo && batch.documents[deciding.geo].hasGeo) {
            const json::Document document = parsed(batch, deciding.geo);
            if (const auto point = protocol::geoPointOf(id, document.root()["_geo"]); !point)
                return inIndex(indexUid, point.error());
        }
        const bool given = batch.documents[deciding.vectors].hasVectors;
        // a document that exists keeps the vectors that it has
        if (!judgeVectors || (!given && exists))
            continue;
        const json::Document document = given ? parsed(batch, deciding.vectors) : json::Document();
        const json::Value vectors = given ? document.root()["_vectors"] : json::Value();
        std::map<std::string, std::vector<std::string>> without;
        if (const auto read = protocol::embeddingsOf(settings, id, vectors, without); !read)
            return inIndex(indexUid, read.error());
        for (auto &[embedder, ids] : without) {
            if (!exists || vectors[embedder].exists())
                missing[embedder].insert(missing[embedder].end(), ids.begin(), ids.end());
        }
    }
    if (const protocol::ApiStatus complete = protocol::checkMissingVectors(indexUid, missing); !complete)
        return complete.error();
    return std::nullopt;
}

} // namespace miroir::write
