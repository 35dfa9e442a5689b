// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/IndexSet.h"
#include "protocol/DocumentVectors.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace miroir::localnode {

using protocol::checkMissingVectors;
using protocol::Embeddings;
using protocol::EmbeddingsByName;
using protocol::embeddingsOf;

/// "0.1" as a node prints 32-bit numbers.
std::string formatFloat(float number);
std::string vectorJson(const std::vector<float> &vector);

/// User-provided vectors, compared one by one: exact, and fast enough for the sizes this index is for.
class VectorStore
{
public:
    void set(std::uint32_t doc, EmbeddingsByName embeddings);
    void removeDocuments(const IndexSet &documents);
    void clear() { m_documents.clear(); }
    [[nodiscard]] const EmbeddingsByName *of(std::uint32_t doc) const;
    [[nodiscard]] IndexSet documentsWith(std::string_view embedder) const;
    [[nodiscard]] std::uint64_t embeddingCount() const;
    [[nodiscard]] std::uint64_t documentCount() const;

    struct Near {
        std::uint32_t doc = 0;
        float similarity = 0; ///< (1 + cosine) / 2
    };
    /// Candidates that have a vector, nearest first, ties by document.
    [[nodiscard]] std::vector<Near> nearest(std::string_view embedder, const std::vector<float> &target,
                                            const IndexSet &candidates) const;

private:
    std::map<std::uint32_t, EmbeddingsByName> m_documents;
};

} // namespace miroir::localnode
