// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"
#include "protocol/Settings.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// `_vectors` of documents. Pure.
namespace miroir::protocol {

/// The vectors of one document for one embedder.
struct Embeddings {
    std::vector<std::vector<float>> vectors;
    bool regenerate = false;
};
using EmbeddingsByName = std::map<std::string, Embeddings>;

/// What `_vectors` of a document holds for the embedders of the settings, or the error of a node.
/// `missing` collects documents that give a userProvided embedder nothing, by embedder.
ApiResult<EmbeddingsByName> embeddingsOf(const Settings &settings, std::string_view documentId,
    const json::Value &vectors, std::map<std::string, std::vector<std::string>> &missing);
/// The error for documents without vectors; Done when there are none.
ApiStatus checkMissingVectors(std::string_view uid, const std::map<std::string, std::vector<std::string>> &missing);

} // namespace miroir::protocol
