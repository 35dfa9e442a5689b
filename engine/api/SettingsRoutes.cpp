// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Exchange.h"

#include "base/Bytes.h"
#include "protocol/IndexRequests.h"
#include "protocol/Settings.h"
#include "protocol/SettingsPatch.h"

namespace miroir::api {

using protocol::Action;
using protocol::SettingName;
using protocol::SettingsPatch;
using write::WriteRequest;

namespace {

protocol::SettingsView viewFor(const protocol::Features &features)
{
    protocol::SettingsView view;
    view.chat = features.has(protocol::Feature::ChatCompletions);
    view.foreignKeys = features.has(protocol::Feature::ForeignKeys);
    return view;
}

void submit(FrontContext &front, const ExchangePtr &exchange, SettingsPatch patch, bool reset)
{
    if (const protocol::ApiStatus valid = protocol::checkIndexUid(exchange->uid()); !valid) {
        exchange->refuse(valid.error());
        return;
    }
    WriteRequest request;
    request.kind = WriteRequest::Kind::Settings;
    request.uid = exchange->uid();
    request.patch = std::move(patch);
    request.settingsReset = reset;
    request.mayCreateIndex = exchange->scope.allowsIndexCreation(exchange->uid());
    submitWrite(front, exchange, std::move(request));
}

/// The sub-route's setting; the path was added from the same table.
SettingName settingOf(const Exchange &exchange)
{
    const std::string_view path = sv(exchange.request.path);
    const protocol::SettingInfo *info = protocol::settingByPath(path.substr(path.rfind('/') + 1));
    MIROIR_ASSERT(info != nullptr);
    return info->name;
}

void getAll(FrontContext &, ExchangePtr exchange)
{
    if (const read::IndexView *index = exchange->indexOrRefuse())
        exchange->send(200, protocol::settingsToJson(*index->settings, viewFor(exchange->view->features)));
}

void patchAll(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto patch = protocol::parseSettingsPatch(body->root(), exchange->view->features);
    if (!patch) {
        exchange->refuse(patch.error());
        return;
    }
    submit(front, exchange, std::move(*patch), false);
}

void resetAll(FrontContext &front, ExchangePtr exchange)
{
    submit(front, exchange, SettingsPatch::resetAll(), true);
}

void getOne(FrontContext &, ExchangePtr exchange)
{
    if (const read::IndexView *index = exchange->indexOrRefuse())
        exchange->send(200, protocol::settingToJson(*index->settings, settingOf(*exchange)));
}

void writeOne(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto patch = protocol::parseSettingPatch(settingOf(*exchange), body->root(), exchange->view->features);
    if (!patch) {
        exchange->refuse(patch.error());
        return;
    }
    submit(front, exchange, std::move(*patch), false);
}

void resetOne(FrontContext &front, ExchangePtr exchange)
{
    submit(front, exchange, SettingsPatch::resetOne(settingOf(*exchange)), true);
}

} // namespace

void addSettingsRoutes(Routes &routes)
{
    const auto key = Route::Access::Key;
    const std::string base = "/indexes/{uid}/settings";
    routes.add("GET", base, {key, Action::SettingsGet, getAll});
    routes.add("PATCH", base, {key, Action::SettingsUpdate, patchAll});
    routes.add("DELETE", base, {key, Action::SettingsUpdate, resetAll});
    for (const protocol::SettingInfo &info : protocol::settingTable()) {
        const std::string path = base + '/' + std::string(info.path);
        routes.add("GET", path, {key, Action::SettingsGet, getOne});
        routes.add(info.verb, path, {key, Action::SettingsUpdate, writeOne});
        routes.add("DELETE", path, {key, Action::SettingsUpdate, resetOne});
    }
}

} // namespace miroir::api
