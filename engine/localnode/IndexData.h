// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "localnode/FacetStore.h"
#include "localnode/GeoPoint.h"
#include "localnode/IndexFields.h"
#include "localnode/IndexWords.h"
#include "localnode/LocalIndex.h"
#include "localnode/Tokenizer.h"
#include "localnode/VectorStore.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace miroir::localnode {

/// A document as it is kept.
struct IndexDocument {
    bool used = false;
    std::string id; ///< canonical
    QByteArray json; ///< compact
    std::vector<WordId> words; ///< each word that occurs in it, once
    std::vector<std::pair<FieldId, std::uint32_t>> wordCounts; ///< words in a field, for exactness
    std::optional<GeoPoint> geo;
};

/// Everything an index consists of; the functions that read and write it are grouped by purpose in files of their own.
struct IndexData {
    std::string uid;
    std::optional<std::string> primaryKey;
    protocol::Settings settings;
    IndexFields fields;
    IndexWords words;
    FacetStore facets;
    VectorStore vectors;
    std::vector<IndexDocument> documents;
    std::unordered_map<std::string, DocId, StringHash, std::equal_to<>> byId;
    IndexSet all;
    std::set<DocId> freeIds; ///< below documents.size()
    Tokenizer tokenizer; ///< with stop words: documents and queries
    Tokenizer highlighter; ///< without stop words, with character maps
    std::map<std::vector<std::string>, std::vector<std::vector<std::string>>> synonyms;
    std::set<std::string> exactWords; ///< disableOnWords, normalised

    [[nodiscard]] DocId takeId();
    void rebuildTokenizers();
};

/// A parsed document with its text kept alive.
struct ParsedDocument {
    json::Document text;
    DocId docid = 0;
    std::string id;
};

/// Adds words, facets, place and vectors of a stored document to the index; finishIndexing() must follow.
void indexDocument(IndexData &data, const ParsedDocument &document);
/// Takes the documents out of words, facets and vectors; they stay stored.
void unindexDocuments(IndexData &data, const IndexSet &documents);
void finishIndexing(IndexData &data);

/// The errors that a node gives for `_geo` and `_vectors` of a document under the settings; documents without vectors
/// for an embedder are collected.
protocol::ApiStatus checkReservedFields(const IndexData &data, std::string_view id, const json::Value &document,
                                        std::map<std::string, std::vector<std::string>> &missing);

} // namespace miroir::localnode
