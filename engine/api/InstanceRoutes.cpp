// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "protocol/Features.h"

#include <array>

/// Experimental features, and the routes of those that a cluster cannot have: these answer as a Meilisearch whose
/// feature is off, because it cannot be turned on.
namespace miroir::api {

using protocol::Action;
using protocol::Feature;
using protocol::Features;

namespace {

struct Impossible {
    Feature feature;
    const char *why;
};
constexpr std::array<Impossible, 3> impossible {{
    {Feature::Network, "the cluster is a network of nodes already, and does not take others in"},
    {Feature::ChatCompletions, "a chat searches the documents of one node only"},
    {Feature::ForeignKeys, "documents that belong together may be on different nodes"},
}};

protocol::ApiStatus checkPossible(const Features &before, const Features &after)
{
    for (const Impossible &one : impossible) {
        if (after.has(one.feature) && !before.has(one.feature)) {
            return protocol::refuse("feature_not_enabled",
                "Enabling the `" + std::string(protocol::featureKey(one.feature))
                    + "` experimental feature is not possible on this cluster: " + one.why + '.');
        }
    }
    return Done {};
}

void patchFeatures(FrontContext &front, ExchangePtr exchange)
{
    auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    // Judged here for its words; applied in the control thread to what is set by then.
    if (const auto parsed = protocol::parseFeaturesPatch(body->root(), exchange->view->features); !parsed) {
        exchange->refuse(parsed.error());
        return;
    }
    auto document = std::make_shared<const json::Document>(std::move(*body));
    const QPointer<QObject> context(front.context);
    front.services.control.post([document, context, exchange](cluster::Control &control) {
        using Answer = protocol::ApiResult<Features>;
        control.changeFeatures(
            [document](const Features &now) -> Answer {
                const auto after = protocol::parseFeaturesPatch(document->root(), now);
                if (!after)
                    return after.err();
                if (const protocol::ApiStatus allowed = checkPossible(now, *after); !allowed)
                    return allowed.err();
                return *after;
            },
            [context, exchange](Answer features) {
                cluster::ControlLink::reply<Answer>(context, std::move(features), [exchange](Answer answer) {
                    if (answer)
                        exchange->send(200, protocol::featuresToJson(*answer));
                    else
                        exchange->refuse(answer.error());
                });
            });
    });
}

/// A route whose feature cannot be on: `doing` as a node words it.
template <Feature feature>
void off(const ExchangePtr &exchange, std::string_view doing)
{
    const protocol::ApiStatus on = protocol::checkFeature(Features {}, feature, doing);
    exchange->refuse(on.error());
}

void network(FrontContext &, ExchangePtr exchange)
{
    off<Feature::Network>(exchange, "Using the /network route");
}

void networkControl(FrontContext &, ExchangePtr exchange)
{
    exchange->refuse(protocol::apiError(
        "requires_enterprise_edition", "Meilisearch Enterprise Edition is required to call this route"));
}

void listChats(FrontContext &, ExchangePtr exchange)
{
    off<Feature::ChatCompletions>(exchange, "listing the chats");
}

void getChat(FrontContext &, ExchangePtr exchange)
{
    off<Feature::ChatCompletions>(exchange, "displaying a chat");
}

void deleteChat(FrontContext &, ExchangePtr exchange)
{
    off<Feature::ChatCompletions>(exchange, "deleting a chat");
}

void chatSettings(FrontContext &, ExchangePtr exchange)
{
    off<Feature::ChatCompletions>(exchange, "using the /chats/settings route");
}

void chatCompletions(FrontContext &, ExchangePtr exchange)
{
    off<Feature::ChatCompletions>(exchange, "using the /chats chat completions route");
}

} // namespace

void addInstanceRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    routes.add("PATCH", "/experimental-features", {key, Action::ExperimentalUpdate, patchFeatures});
    routes.add("GET", "/network", {key, Action::NetworkGet, network});
    routes.add("PATCH", "/network", {key, Action::NetworkUpdate, network});
    routes.add("POST", "/network/control", {key, Action::NetworkUpdate, networkControl});
    routes.add("GET", "/chats", {key, Action::ChatsGet, listChats});
    routes.add("GET", "/chats/{workspace}", {key, Action::ChatsGet, getChat});
    routes.add("DELETE", "/chats/{workspace}", {key, Action::ChatsDelete, deleteChat});
    const std::string settings = "/chats/{workspace}/settings";
    routes.add("GET", settings, {key, Action::ChatsSettingsGet, chatSettings});
    routes.add("PATCH", settings, {key, Action::ChatsSettingsUpdate, chatSettings});
    routes.add("DELETE", settings, {key, Action::ChatsSettingsUpdate, chatSettings});
    routes.add("POST", "/chats/{workspace}/chat/completions", {key, Action::ChatCompletions, chatCompletions});
}

} // namespace miroir::api
