// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "read/Search.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace miroir::read {

/// Every document that a filter names, each once, in pages of limited size: each shard is read from one replica, in
/// the order of insertion, so that another replica can go on where a node failed. The index must not change meanwhile.
/// Ends its work when it is destroyed. The thread of its parent.
class Walk : public QObject
{
public:
    struct Request {
        std::optional<std::string> filter; ///< JSON text; none: all documents
        std::optional<std::vector<std::string>> fields; ///< none: all
        bool retrieveVectors = false;
        std::uint64_t pageSize = 1000; ///< documents of one answer of a node
    };
    /// Raw documents with the hidden fields that were asked for. Call next() for more, now or later.
    using OnPage = std::function<void(std::vector<QByteArray> documents)>;
    /// At the end, or with why there is none. May destroy the Walk.
    using OnEnd = std::function<void(std::optional<protocol::ApiError>)>;

    /// The context's own QObject is not used. next() begins.
    Walk(ReadContext context, Request request, OnPage onPage, OnEnd onEnd, QObject *parent);
    void next();

private:
    void ask(const placement::ShardSet &shards, std::uint64_t offset);
    std::optional<std::size_t> heardAll(const Scatter::Parts &parts);
    std::optional<std::size_t> heardShard(const Scatter::Parts &parts);

    ReadContext m_context;
    Request m_request;
    OnPage m_onPage;
    OnEnd m_onEnd;
    bool m_begun = false;
    placement::ShardSet m_left; ///< shards with more than a page: one after the other
    std::uint64_t m_offset = 0; ///< in the first of them
};

} // namespace miroir::read
