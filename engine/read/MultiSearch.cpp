// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/MultiSearch.h"

#include "protocol/IndexRequests.h"
#include "read/Limited.h"

namespace miroir::read {

using protocol::ApiError;
using protocol::ApiResult;
using protocol::ApiStatus;
using protocol::MultiSearchQuery;
using protocol::MultiSearchRequest;

namespace {

/// What is looked at before the index, and the index.
ApiStatus checkPlainQuery(const MultiSearchRequest &request, const MultiSearchQuery &query, const ClusterView &view)
{
    if (query.federationOptions)
        return protocol::checkMultiSearchQuery(query, request, view.features);
    if (const auto filter = protocol::checkSearchFilter(query.search, view.features); !filter)
        return filter.err();
    if (const ApiStatus fits = protocol::checkMultiSearchQuery(query, request, view.features); !fits)
        return fits;
    if (view.index(query.indexUid) == nullptr)
        return Err {protocol::indexNotFound(query.indexUid)};
    return Done {};
}

struct Answers {
    std::vector<std::optional<ApiResult<QByteArray>>> results;

    [[nodiscard]] ApiResult<QByteArray> joined() const
    {
        QByteArray body = "{\"results\":[";
        for (std::size_t i = 0; i < results.size(); ++i) {
            const ApiResult<QByteArray> &result = *results[i];
            if (!result)
                return Err {insideMultiSearch(result.error(), i)};
            body += (i > 0 ? "," : "") + *result;
        }
        return body + "]}";
    }
};

} // namespace

void multiSearch(const ReadContext &context, const std::shared_ptr<const MultiSearchRequest> &request,
    const MultiSearchOptions &options, OnBody done)
{
    auto answers = std::make_shared<Answers>();
    answers->results.resize(request->queries.size());
    const auto job = [context, request, options, answers](std::size_t number, const std::function<void()> &finished) {
        const MultiSearchQuery &query = request->queries[number];
        const OnBody store = [answers, number, finished](ApiResult<QByteArray> body) {
            answers->results[number] = std::move(body);
            finished();
        };
        if (const ApiStatus checked = checkPlainQuery(*request, query, *context.view); !checked) {
            store(checked.err());
            return;
        }
        ReadContext own = context;
        own.index = context.view->index(query.indexUid);
        SearchOptions each;
        each.tenantFilter = options.tenantFilter(query.indexUid);
        each.requestUid = options.requestUid;
        each.queryUid = options.freshUid();
        each.metadata = options.metadata;
        each.indexUid = query.indexUid;
        search(own, query.search, each, store);
    };
    runLimited(request->queries.size(), searchesAtOnce, job, [answers, done] { done(answers->joined()); });
}

} // namespace miroir::read
