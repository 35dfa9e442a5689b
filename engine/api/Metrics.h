// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace miroir::api {

/// Counts requests and how long they took, by method and route, in the form of Prometheus. Shared by all front threads;
/// any thread.
class Metrics : public std::enable_shared_from_this<Metrics>
{
public:
    /// One request under way.
    class Request
    {
    public:
        void answered(int status) const;

    private:
        friend class Metrics;
        std::shared_ptr<Metrics> m_metrics;
        std::string m_method, m_path;
        std::chrono::steady_clock::time_point m_since;
        bool m_timed = false;
    };
    /// path: the template of the route. timed: keep the time too, not only the number.
    Request begin(std::string_view method, std::string_view path, bool timed);

    /// meilisearch_http_requests_total and meilisearch_http_response_time_seconds.
    [[nodiscard]] QByteArray text() const;

private:
    static constexpr std::array<double, 14> bounds {
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0};
    struct Times {
        std::array<std::uint64_t, bounds.size()> upTo {}; // not added up
        std::uint64_t count = 0;
        double seconds = 0;
    };
    mutable std::mutex m_mutex;
    std::map<std::tuple<std::string, std::string, int>, std::uint64_t> m_requests; // bounded: routes times statuses
    std::map<std::pair<std::string, std::string>, Times> m_times;
};

/// A label's value, escaped as Prometheus wants it, in quotes.
QByteArray metricLabel(std::string_view value);

} // namespace miroir::api
