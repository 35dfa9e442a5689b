// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/IndexWalk.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "protocol/IndexRequests.h"

#include <algorithm>

namespace miroir::jobs {

namespace {

constexpr std::size_t idsPerPortion = 500;
/// A node that restarts is back within this many tries.
constexpr int walkTriesMax = 30;
constexpr int tryAgainMs = 1000;
const QByteArray noVectors = QByteArrayLiteral(R"(,"_vectors":{}})");

} // namespace

IndexWalk::IndexWalk(const JobContext &context, What what, OnPortion onPortion, OnEnd onEnd)
    : m_context(context), m_what(std::move(what)), m_onPortion(std::move(onPortion)), m_onEnd(std::move(onEnd))
{
}

void IndexWalk::start()
{
    if (!m_context.reading(m_what.physical)) {
        m_onEnd(Err {protocol::indexNotFound(m_what.physical)});
        return;
    }
    m_context.control.ask<Result<std::uint64_t>>(
        [physical = m_what.physical](cluster::Control &control) { return control.directorySize(physical); },
        m_context.context, [self = shared_from_this()](const Result<std::uint64_t> &size) {
            if (!size) {
                self->m_onEnd(Err {protocol::apiError("internal", size.error().message)});
                return;
            }
            self->m_left = *size;
            self->fetch();
        });
}

void IndexWalk::nextIds()
{
    m_tries = 0;
    if (m_left == 0) {
        m_onEnd(Done {});
        return;
    }
    const auto work = [physical = m_what.physical, from = m_next](cluster::Control &control) -> Result<Ids> {
        const auto page = control.directoryPage(physical, from, idsPerPortion);
        if (!page)
            return page.err();
        Ids ids;
        for (const auto &[id, entry] : *page) {
            ids.ids.push_back(id);
            ids.next = entry.order + 1;
        }
        return ids;
    };
    m_context.control.ask<Result<Ids>>(work, m_context.context, [self = shared_from_this()](Result<Ids> ids) {
        if (!ids) {
            self->m_onEnd(Err {protocol::apiError("internal", ids.error().message)});
        } else if (ids->ids.empty()) {
            self->m_onEnd(Done {});
        } else {
            ids->ids.resize(static_cast<std::size_t>(std::min<std::uint64_t>(ids->ids.size(), self->m_left)));
            self->m_left -= ids->ids.size();
            self->m_ids = std::move(ids->ids);
            self->m_next = ids->next;
            self->fetch();
        }
    });
}

void IndexWalk::fetch()
{
    auto reading = m_context.reading(m_what.physical);
    if (!reading) { // deleted meanwhile: what has been met is what there was
        m_onEnd(Done {});
        return;
    }
    reading->retryOnTimeout = true; // what is done with the documents may not lack any
    protocol::DocumentsFetch fetch;
    fetch.limit = m_ids.size();
    fetch.retrieveVectors = m_what.vectors;
    fetch.filter = m_what.filter;
    if (!m_ids.empty())
        fetch.ids.emplace();
    for (const std::string &id : m_ids)
        fetch.ids->push_back(json::quoted(id));
    read::fetchDocuments(*reading, fetch, [self = shared_from_this()](const protocol::ApiResult<QByteArray> &body) {
        if (!body) {
            self->failed(body.error());
            return;
        }
        if (self->m_ids.empty()) {
            self->nextIds();
            return;
        }
        // Through the event loop: portions that are taken at once must not pile up on the stack.
        self->m_onPortion(self->documentsOf(*body), [self] { self->m_context.later(0, [self] { self->nextIds(); }); });
    });
}

std::vector<QByteArray> IndexWalk::documentsOf(const QByteArray &body)
{
    const auto page = json::Document::parse(body);
    MIROIR_ASSERT(page.ok()); // it was put together here
    std::vector<QByteArray> documents;
    for (const json::Value document : page->root()["results"].items()) {
        QByteArray &text = documents.emplace_back(toBytes(document.raw()));
        // Nodes write an empty one for a document without vectors; their own exports do not.
        if (text.endsWith(noVectors))
            text.replace(text.size() - noVectors.size(), noVectors.size(), "}");
    }
    return documents;
}

void IndexWalk::failed(const protocol::ApiError &error)
{
    const bool away = error.httpStatus() >= 500;
    if (!away || ++m_tries > walkTriesMax) {
        m_onEnd(Err {error});
        return;
    }
    m_context.later(tryAgainMs, [self = shared_from_this()] { self->fetch(); });
}

} // namespace miroir::jobs
