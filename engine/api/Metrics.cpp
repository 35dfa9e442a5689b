// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Metrics.h"

#include "base/Bytes.h"

#include <algorithm>

namespace miroir::api {

namespace {

/// Parameters of paths under the names that Meilisearch has for them, so that its dashboards find them.
std::string publicPath(std::string_view path)
{
    std::string out(path);
    const auto rename = [&out](std::string_view from, std::string_view to) {
        if (const std::size_t at = out.find(from); at != std::string::npos)
            out.replace(at, from.size(), to);
    };
    rename("/indexes/{uid}", "/indexes/{index_uid}");
    rename("{document}", "{document_id}");
    rename("{task}", "{task_id}");
    rename("{batch}", "{batch_id}");
    return out;
}

QByteArray numberText(double value)
{
    return QByteArray::number(value, 'g', 17);
}

} // namespace

QByteArray metricLabel(std::string_view value)
{
    QByteArray out = "\"";
    for (const char c : value) {
        if (c == '\\' || c == '"')
            out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out + '"';
}

Metrics::Request Metrics::begin(std::string_view method, std::string_view path, bool timed)
{
    Request request;
    request.m_metrics = shared_from_this();
    request.m_method = method;
    request.m_path = publicPath(path);
    request.m_since = std::chrono::steady_clock::now();
    request.m_timed = timed;
    return request;
}

void Metrics::Request::answered(int status) const
{
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - m_since;
    const std::lock_guard lock(m_metrics->m_mutex);
    ++m_metrics->m_requests[{m_method, m_path, status}];
    if (!m_timed)
        return;
    Times &times = m_metrics->m_times[{m_method, m_path}];
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), taken.count());
    if (bucket != bounds.end())
        ++times.upTo[static_cast<std::size_t>(bucket - bounds.begin())];
    ++times.count;
    times.seconds += taken.count();
}

QByteArray Metrics::text() const
{
    const std::lock_guard lock(m_mutex);
    QByteArray out = "# HELP meilisearch_http_requests_total Meilisearch HTTP requests total\n"
                     "# TYPE meilisearch_http_requests_total counter\n";
    for (const auto &[labels, count] : m_requests) {
        const auto &[method, path, status] = labels;
        out += "meilisearch_http_requests_total{method=" + metricLabel(method) + ",path=" + metricLabel(path)
            + ",status=\"" + QByteArray::number(status) + "\"} " + QByteArray::number(count) + '\n';
    }
    out += "# HELP meilisearch_http_response_time_seconds Meilisearch HTTP response times\n"
           "# TYPE meilisearch_http_response_time_seconds histogram\n";
    for (const auto &[labels, times] : m_times) {
        const QByteArray who = "method=" + metricLabel(labels.first) + ",path=" + metricLabel(labels.second);
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < bounds.size(); ++i) {
            sum += times.upTo[i];
            out += "meilisearch_http_response_time_seconds_bucket{" + who + ",le=\"" + QByteArray::number(bounds[i])
                + "\"} " + QByteArray::number(sum) + '\n';
        }
        out += "meilisearch_http_response_time_seconds_bucket{" + who + ",le=\"+Inf\"} "
            + QByteArray::number(times.count) + '\n';
        out += "meilisearch_http_response_time_seconds_sum{" + who + "} " + numberText(times.seconds) + '\n';
        out += "meilisearch_http_response_time_seconds_count{" + who + "} " + QByteArray::number(times.count) + '\n';
    }
    return out;
}

} // namespace miroir::api
