// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/Metrics.h"
#include "base/Clock.h"
#include "cluster/Control.h"
#include "http/Http.h"
#include "http/Router.h"
#include "node/Transport.h"
#include "protocol/KeyAuth.h"
#include "read/ClusterView.h"
#include "read/Scatter.h"

#include <memory>

namespace miroir::api {

/// What every front thread is given.
struct Services {
    std::shared_ptr<read::ViewHolder> views;
    cluster::ControlLink control;
    const Clock *clock = nullptr;
    int nodeTimeoutMs = 5000; ///< of one attempt to ask one node
    bool retryOnTimeout = true; ///< a late node is replaced, too
    bool partialAnswers = false; ///< searches are answered without shards that nobody can answer, and marked
    std::shared_ptr<Metrics> metrics = std::make_shared<Metrics>();
};

/// What the routes of one front thread share.
struct FrontContext {
    Services services;
    node::Transport *transport = nullptr; ///< of this thread
    QObject *context = nullptr; ///< lives as long as the front
};

/// One request under way: what was asked, who asks, and how it is answered. Belongs to one front thread.
class Exchange
{
public:
    http::Request request;
    http::Responder responder;
    http::PathParams params;
    std::shared_ptr<const read::ClusterView> view;
    protocol::AuthScope scope;
    std::shared_ptr<read::MissingShards> missing; ///< what the answer lacks; null: it is whole or an error

    std::optional<Metrics::Request> measured; ///< what is counted when it is answered

    /// An answer that lacks shards is marked in body and header.
    void send(int status, QByteArray json) const;
    void sendAs(QByteArray contentType, QByteArray body, int status = 200) const;
    void refuse(const protocol::ApiError &error) const;
    /// 202 with the summary of the task, or the refusal.
    void sendTask(const protocol::ApiResult<protocol::TaskRecord> &task, int status = 202) const;

    [[nodiscard]] const std::string &uid() const { return params["uid"]; } ///< index of the path
    [[nodiscard]] std::optional<std::string_view> contentType() const;
    /// The body as JSON, or why it is none.
    [[nodiscard]] protocol::ApiResult<json::Document> body() const;
    /// The index of the path as it is now; refuses and gives nullptr when there is none.
    [[nodiscard]] const read::IndexView *indexOrRefuse() const;
    /// The parameter customMetadata, if it is given; nothing when the query was refused.
    [[nodiscard]] std::optional<std::optional<std::string>> metadataOrRefuse() const;

private:
    mutable QByteArray m_contentType;
};

using ExchangePtr = std::shared_ptr<Exchange>;

/// One route: what a key must be allowed, and what happens.
struct Route {
    enum class Access : std::uint8_t { Open, Key };
    Access access = Access::Key;
    protocol::Action action = protocol::Action::All;
    void (*run)(FrontContext &front, ExchangePtr exchange) = nullptr;
    std::optional<protocol::Action> second {}; ///< must be allowed as well
};

using Routes = http::Router<Route>;

void addSystemRoutes(Routes &routes);
void addIndexRoutes(Routes &routes);
void addSettingsRoutes(Routes &routes);
void addDocumentRoutes(Routes &routes);
void addSearchRoutes(Routes &routes);
void addMultiSearchRoutes(Routes &routes);
void addTaskRoutes(Routes &routes);
void addKeyRoutes(Routes &routes);
void addInstanceRoutes(Routes &routes);
void addRuleRoutes(Routes &routes);
void addFieldRoutes(Routes &routes);
void addWebhookRoutes(Routes &routes);
void addJobRoutes(Routes &routes);
void addMetricsRoutes(Routes &routes);
void addRenderRoutes(Routes &routes);
void addLogRoutes(Routes &routes);

/// Submits a write and answers with its task.
void submitWrite(FrontContext &front, const ExchangePtr &exchange, write::WriteRequest request);
/// A fresh UUIDv7, as Meilisearch numbers its requests.
std::string freshRequestUid(const Clock &clock);

} // namespace miroir::api
