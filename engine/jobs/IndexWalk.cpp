// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/IndexWalk.h"

#include "protocol/IndexRequests.h"

#include <algorithm>

namespace miroir::jobs {

namespace {

constexpr std::size_t idsPerPortion = 500;
/// A node that restarts is back within this many tries.
constexpr int walkTriesMax = 30;
constexpr int tryAgainMs = 1000;

} // namespace

IndexWalk::IndexWalk(const JobContext &context, What what, OnPortion onPortion, OnEnd onEnd)
    : m_context(context), m_what(std::move(what)), m_onPortion(std::move(onPortion)), m_onEnd(std::move(onEnd))
{
}

void IndexWalk::start()
{
    const auto reading = m_context.reading(m_what.physical);
    if (!reading) {
        m_onEnd(Err {protocol::indexNotFound(m_what.physical)});
        return;
    }
    if (const protocol::ApiStatus allowed = read::checkWholeFilter(*reading, m_what.filter); !allowed)
        m_onEnd(allowed);
    else
        nextShard();
}

void IndexWalk::nextShard()
{
    m_tries = 0;
    if (m_shard == placement::shardCount)
        m_onEnd(Done {});
    else
        listShard();
}

void IndexWalk::listShard()
{
    const auto reading = m_context.reading(m_what.physical);
    if (!reading) { // deleted meanwhile: what has been met is what there was
        m_onEnd(Done {});
        return;
    }
    read::listIds(*reading, {m_shard}, m_what.filter,
        [self = shared_from_this()](protocol::ApiResult<std::vector<std::string>> ids) {
            if (!ids) {
                self->failed(ids.error(), &IndexWalk::listShard);
                return;
            }
            self->m_ids = std::move(*ids);
            self->m_at = 0;
            ++self->m_shard;
            self->nextPortion();
        });
}

void IndexWalk::nextPortion()
{
    m_tries = 0;
    if (m_at == m_ids.size())
        nextShard();
    else
        fetch();
}

void IndexWalk::fetch()
{
    const auto reading = m_context.reading(m_what.physical);
    if (!reading) {
        m_onEnd(Done {});
        return;
    }
    const std::size_t end = std::min(m_at + idsPerPortion, m_ids.size());
    const std::vector<std::string> ids(
        m_ids.begin() + static_cast<std::ptrdiff_t>(m_at), m_ids.begin() + static_cast<std::ptrdiff_t>(end));
    const ShardId shard {static_cast<std::uint16_t>(m_shard - 1)};
    read::fetchByIds(*reading, shard, ids, m_what.vectors,
        [self = shared_from_this(), end](protocol::ApiResult<std::vector<QByteArray>> documents) {
            if (!documents) {
                self->failed(documents.error(), &IndexWalk::fetch);
                return;
            }
            self->m_at = end;
            // Through the event loop: portions that are taken at once must not pile up on the stack.
            self->m_onPortion(std::move(*documents), [self] {
                self->m_context.later(0, [self] { self->nextPortion(); });
            });
        });
}

void IndexWalk::failed(const protocol::ApiError &error, void (IndexWalk::*again)())
{
    const bool away = error.httpStatus() >= 500;
    if (!away || ++m_tries > walkTriesMax) {
        m_onEnd(Err {error});
        return;
    }
    m_context.later(tryAgainMs, [self = shared_from_this(), again] { (self.get()->*again)(); });
}

} // namespace miroir::jobs
