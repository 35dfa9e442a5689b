// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Search.h"

#include "json/Json.h"
#include "read/SearchRun.h"

namespace miroir::read {

namespace {

std::string metadataJson(
    const ReadContext &context, const protocol::SearchRequest &request, const SearchOptions &options)
{
    json::Writer out;
    out.beginObject();
    if (request.q)
        out.key("query").string(*request.q);
    out.key("queryUid").string(options.requestUid).key("indexUid").string(context.index->uid);
    if (context.index->primaryKey)
        out.key("primaryKey").string(*context.index->primaryKey);
    return out.endObject().take().toStdString();
}

} // namespace

void search(
    const ReadContext &context, const protocol::SearchRequest &request, const SearchOptions &options, OnBody done)
{
    auto planned = planSearch(
        request, *context.index->settings, context.index->uid, context.view->features, options.tenantFilter);
    if (!planned) {
        done(planned.err());
        return;
    }
    merge::AnswerFrame frame;
    frame.query = json::quoted(request.q.value_or(""));
    frame.requestUid = options.requestUid;
    frame.indexUid = options.indexUid;
    if (options.metadata)
        frame.metadata = metadataJson(context, request, options);
    std::make_shared<SearchRun>(context, std::move(*planned), std::move(frame), std::move(done))->start();
}

} // namespace miroir::read
