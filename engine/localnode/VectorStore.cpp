// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/VectorStore.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace miroir::localnode {

namespace {

std::optional<std::vector<float>> numbersOf(const json::Value &array)
{
    std::vector<float> out;
    out.reserve(array.size());
    for (const json::Value item : array.items()) {
        if (!item.isNumber())
            return std::nullopt;
        out.push_back(static_cast<float>(item.toDouble()));
    }
    return out;
}

/// One vector, or a list of them.
std::optional<std::vector<std::vector<float>>> vectorsOf(const json::Value &value)
{
    if (value.isNull())
        return std::vector<std::vector<float>> {};
    if (!value.isArray())
        return std::nullopt;
    if (value.size() == 0)
        return std::vector<std::vector<float>> {};
    if (value.at(0).isNumber()) {
        auto one = numbersOf(value);
        return one ? std::optional(std::vector<std::vector<float>> {std::move(*one)}) : std::nullopt;
    }
    std::vector<std::vector<float>> out;
    for (const json::Value item : value.items()) {
        auto one = item.isArray() ? numbersOf(item) : std::nullopt;
        if (!one)
            return std::nullopt;
        out.push_back(std::move(*one));
    }
    return out;
}

float similarityOf(const std::vector<float> &a, const std::vector<float> &b)
{
    float dot = 0;
    float left = 0;
    float right = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        dot += a[i] * b[i];
        left += a[i] * a[i];
        right += b[i] * b[i];
    }
    const float norms = std::sqrt(left) * std::sqrt(right);
    const float cosine = norms > 0 ? dot / norms : 0.0F;
    return 1.0F - (1.0F - cosine) / 2.0F;
}

} // namespace

protocol::ApiResult<EmbeddingsByName> embeddingsOf(const protocol::Settings &settings, std::string_view documentId,
                                                   const json::Value &vectors,
                                                   std::map<std::string, std::vector<std::string>> &missing)
{
    EmbeddingsByName out;
    const std::string id(documentId);
    if (vectors.exists() && !vectors.isNull() && !vectors.isObject())
        return protocol::refuse("invalid_vectors_type",
                                "The `_vectors` field in the document with id: `" + id
                                    + "` is not an object. Was expecting an object with a key for each embedder with "
                                      "manually provided vectors, but instead got `"
                                    + json::compact(vectors) + '`');
    for (const auto &[name, embedder] : settings.embedders) {
        const json::Value given = vectors.isObject() ? vectors[name] : json::Value();
        if (!given.exists()) {
            if (embedder.source() == "userProvided")
                missing[name].push_back(id);
            continue;
        }
        Embeddings embeddings;
        json::Value list = given;
        if (given.isObject()) {
            list = given["embeddings"];
            embeddings.regenerate = given["regenerate"].toBool();
        }
        auto parsed = list.exists() ? vectorsOf(list) : std::vector<std::vector<float>> {};
        if (!parsed)
            return protocol::refuse("invalid_vectors_type",
                                    "Bad embedder configuration in the document with id: `" + id
                                        + "`. Invalid value type at `._vectors." + name
                                        + "`: expected null or an array, but found "
                                        + (list.isString() ? "a string" : "another value") + ": `"
                                        + json::compact(list) + '`');
        const auto expected = embedder.dimensions();
        for (std::size_t i = 0; expected && i < parsed->size(); ++i) {
            if ((*parsed)[i].size() != *expected)
                return protocol::refuse("invalid_vector_dimensions",
                                        "Invalid vector dimensions in document with id `" + id + "` in `._vectors."
                                            + name + "`.\n  - note: embedding #" + std::to_string(i)
                                            + " has dimensions " + std::to_string((*parsed)[i].size())
                                            + "\n  - note: embedder `" + name + "` requires "
                                            + std::to_string(*expected));
        }
        embeddings.vectors = std::move(*parsed);
        out.emplace(name, std::move(embeddings));
    }
    return out;
}

protocol::ApiStatus checkMissingVectors(std::string_view uid,
                                        const std::map<std::string, std::vector<std::string>> &missing)
{
    for (const auto &[name, ids] : missing) {
        std::string message = "Index `" + std::string(uid) + "`: While embedding documents for embedder `" + name
            + "`: no vectors provided for document `" + ids.front() + '`';
        if (ids.size() > 1)
            message += " and at least " + std::to_string(ids.size() - 1) + " other document(s)";
        message += "\n- Note: `" + name
            + "` has `source: userProvided`, so documents must provide embeddings as an array in `_vectors." + name
            + "`.\n- Hint: opt-out for a document with `_vectors." + name + ": null`";
        return protocol::refuse("vector_embedding_error", std::move(message));
    }
    return Done {};
}

std::string formatFloat(float number)
{
    char buffer[64];
    const auto end = std::to_chars(std::begin(buffer), std::end(buffer), number).ptr;
    std::string out(std::begin(buffer), end);
    if (out.find_first_not_of("-0123456789") == std::string::npos)
        out += ".0";
    return out;
}

std::string vectorJson(const std::vector<float> &vector)
{
    std::string out = "[";
    for (const float number : vector) {
        if (out.size() > 1)
            out += ',';
        out += formatFloat(number);
    }
    return out + ']';
}

void VectorStore::set(std::uint32_t doc, EmbeddingsByName embeddings)
{
    if (!embeddings.empty())
        m_documents[doc] = std::move(embeddings);
}

void VectorStore::removeDocuments(const IndexSet &documents)
{
    std::erase_if(m_documents, [&documents](const auto &entry) { return documents.contains(entry.first); });
}

const EmbeddingsByName *VectorStore::of(std::uint32_t doc) const
{
    const auto it = m_documents.find(doc);
    return it == m_documents.end() ? nullptr : &it->second;
}

IndexSet VectorStore::documentsWith(std::string_view embedder) const
{
    IndexSet out;
    for (const auto &[doc, byName] : m_documents) {
        const auto it = byName.find(std::string(embedder));
        if (it != byName.end() && !it->second.vectors.empty())
            out.insert(doc);
    }
    return out;
}

std::uint64_t VectorStore::embeddingCount() const
{
    std::uint64_t sum = 0;
    for (const auto &[doc, byName] : m_documents) {
        for (const auto &[name, embeddings] : byName)
            sum += embeddings.vectors.size();
    }
    return sum;
}

std::uint64_t VectorStore::documentCount() const
{
    return static_cast<std::uint64_t>(std::count_if(m_documents.begin(), m_documents.end(), [](const auto &entry) {
        return std::any_of(entry.second.begin(), entry.second.end(),
                           [](const auto &byName) { return !byName.second.vectors.empty(); });
    }));
}

std::vector<VectorStore::Near> VectorStore::nearest(std::string_view embedder, const std::vector<float> &target,
                                                    const IndexSet &candidates) const
{
    std::vector<Near> out;
    const std::string name(embedder);
    for (const auto &[doc, byName] : m_documents) {
        const auto it = byName.find(name);
        if (it == byName.end() || it->second.vectors.empty() || !candidates.contains(doc))
            continue;
        float best = -1;
        for (const std::vector<float> &vector : it->second.vectors)
            best = std::max(best, similarityOf(vector, target));
        out.push_back({doc, best});
    }
    std::stable_sort(out.begin(), out.end(), [](const Near &a, const Near &b) { return a.similarity > b.similarity; });
    return out;
}

} // namespace miroir::localnode
