// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "write/WriteRequest.h"

#include <bit>
#include <cstdint>
#include <vector>

namespace miroir::write {

/// Tells documents of a batch that have the same id, by open addressing over the hashes that they carry anyway: eight
/// to sixteen bytes a document, where a map of views takes sixty. The batch has to outlive it unchanged. A value.
class FirstOfId
{
public:
    explicit FirstOfId(const DocumentBatch &batch)
        : m_batch(batch), m_slots(std::bit_ceil(2 * batch.documents.size() + 1), freeSlot)
    {
    }

    /// The place of the first document entered with the id of document i: i itself when there was none.
    std::size_t enter(std::size_t i)
    {
        const BatchDocument &document = m_batch.documents[i];
        for (std::size_t slot = document.hash;; ++slot) {
            std::uint32_t &place = m_slots[slot & (m_slots.size() - 1)];
            if (place == freeSlot)
                place = static_cast<std::uint32_t>(i);
            const BatchDocument &there = m_batch.documents[place];
            if (there.hash == document.hash && there.id == document.id)
                return place;
        }
    }

private:
    static constexpr std::uint32_t freeSlot = UINT32_MAX;
    const DocumentBatch &m_batch;
    std::vector<std::uint32_t> m_slots;
};

} // namespace miroir::write
