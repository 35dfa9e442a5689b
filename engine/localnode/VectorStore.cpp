// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/VectorStore.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace miroir::localnode {

namespace {

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
