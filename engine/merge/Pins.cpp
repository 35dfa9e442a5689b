// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Pins.h"

#include "protocol/DocumentId.h"

#include <algorithm>

namespace miroir::merge {

void Pins::add(const std::string &id, std::uint32_t number, Pin pin)
{
    m_pins[id].insert_or_assign(number, pin);
    m_greatest = std::max(m_greatest, number);
    ++m_count;
}

void Pins::keepEarlier(const Pins &earlier)
{
    m_earlier = earlier.m_pins;
    m_count = std::max(m_count, earlier.m_count);
    m_greatest = std::max(m_greatest, earlier.m_greatest);
}

const Pins::Pin *Pins::findIn(const Table &table, const std::string &id, std::uint32_t number)
{
    const auto pins = table.find(id);
    if (pins == table.end())
        return nullptr;
    const auto pin = pins->second.find(number);
    return pin == pins->second.end() ? nullptr : &pin->second;
}

std::uint64_t Pins::room() const
{
    return empty() ? 0 : std::min(m_count, perSearchMax) + m_greatest;
}

std::optional<Pins::Pin> Pins::find(const json::Value &document, std::uint32_t number) const
{
    const auto id = protocol::documentId(document, m_primaryKey);
    if (!id)
        return std::nullopt;
    const Pin *pin = findIn(m_pins, *id, number);
    if (pin == nullptr)
        pin = findIn(m_earlier, *id, number);
    return pin == nullptr ? std::nullopt : std::optional(*pin);
}

std::vector<bool> placesOfPins(
    const std::vector<std::uint32_t> &positions, std::uint64_t otherHits, std::uint64_t end)
{
    std::vector<bool> places;
    auto pin = positions.begin();
    while (places.size() < end && (pin != positions.end() || otherHits > 0)) {
        const bool pinned = pin != positions.end() && (*pin <= places.size() || otherHits == 0);
        places.push_back(pinned);
        if (pinned)
            ++pin;
        else
            --otherHits;
    }
    return places;
}

} // namespace miroir::merge
