// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "protocol/Settings.h"
#include "protocol/SettingsPatch.h"

/// /indexes/{index_uid}/settings and one sub-route for each setting.
namespace miroir::localnode {

using protocol::Action;

namespace {

/// The orchestrator above writes its hidden fields into the settings of this node.
constexpr auto reserved = protocol::ReservedNames::Allowed;

/// The setting that the last part of the path names; there is no such route for other names.
const protocol::SettingInfo &settingOf(const http::Request &request)
{
    const protocol::SettingInfo *info
        = protocol::settingByPath(sv(request.path).substr(sv(request.path).rfind('/') + 1));
    MIROIR_ASSERT(info != nullptr);
    return *info;
}

} // namespace

void NodeRoutes::addSettingsRoutes()
{
    const std::string base = "/indexes/{index_uid}/settings";
    read("GET", base, &NodeRoutes::settings);
    write("PATCH", base, &NodeRoutes::patchSettings);
    write("DELETE", base, &NodeRoutes::resetSettings);
    for (const protocol::SettingInfo &info : protocol::settingTable()) {
        const std::string path = base + '/' + std::string(info.path);
        read("GET", path, &NodeRoutes::setting);
        write(info.verb, path, &NodeRoutes::putSetting);
        write("DELETE", path, &NodeRoutes::resetSetting);
    }
}

NodeRoutes::Answer NodeRoutes::settings(const Call &call)
{
    if (auto scope = authorise(call, Action::SettingsGet); !scope)
        return scope.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    const protocol::Features features = m_c.state.features();
    protocol::SettingsView view;
    view.chat = features.has(protocol::Feature::ChatCompletions);
    view.foreignKeys = features.has(protocol::Feature::ForeignKeys);
    return ok(entry->slot->with([&](LocalIndex &i) { return protocol::settingsToJson(i.settings(), view); }));
}

NodeRoutes::Answer NodeRoutes::setting(const Call &call)
{
    if (auto scope = authorise(call, Action::SettingsGet); !scope)
        return scope.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    const protocol::SettingName name = settingOf(call.request).name;
    return ok(entry->slot->with([&](LocalIndex &i) { return protocol::settingToJson(i.settings(), name); }));
}

NodeRoutes::Answer NodeRoutes::changeSettings(const protocol::AuthScope &scope, const std::string &uid,
                                              protocol::SettingsPatch patch, bool isReset)
{
    if (auto valid = protocol::checkIndexUid(uid); !valid)
        return valid.err();
    protocol::TaskRecord draft;
    draft.kind = protocol::TaskKind::SettingsUpdate;
    draft.indexUid = uid;
    draft.details.emplace();
    draft.details->settings = std::move(patch);
    NodeTaskContent content;
    content.mayCreateIndex = !isReset && scope.allowsIndexCreation(uid);
    return enqueue(std::move(draft), std::move(content));
}

NodeRoutes::Answer NodeRoutes::patchSettings(const Call &call)
{
    const auto scope = authorise(call, Action::SettingsUpdate);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto patch = protocol::parseSettingsPatch(document->root(), m_c.state.features(), reserved);
    if (!patch)
        return patch.err();
    return changeSettings(*scope, uid(call), std::move(*patch), false);
}

NodeRoutes::Answer NodeRoutes::resetSettings(const Call &call)
{
    const auto scope = authorise(call, Action::SettingsUpdate);
    if (!scope)
        return scope.err();
    return changeSettings(*scope, uid(call), protocol::SettingsPatch::resetAll(), true);
}

NodeRoutes::Answer NodeRoutes::putSetting(const Call &call)
{
    const auto scope = authorise(call, Action::SettingsUpdate);
    if (!scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const protocol::SettingName name = settingOf(call.request).name;
    auto patch = protocol::parseSettingPatch(name, document->root(), m_c.state.features(), reserved);
    if (!patch)
        return patch.err();
    return changeSettings(*scope, uid(call), std::move(*patch), false);
}

NodeRoutes::Answer NodeRoutes::resetSetting(const Call &call)
{
    const auto scope = authorise(call, Action::SettingsUpdate);
    if (!scope)
        return scope.err();
    return changeSettings(*scope, uid(call), protocol::SettingsPatch::resetOne(settingOf(call.request).name), true);
}

} // namespace miroir::localnode
