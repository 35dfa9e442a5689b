// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "unit/protocol/WireRecording.h"

#include "protocol/Features.h"
#include "protocol/SettingsPatch.h"

/// Settings from JSON texts, with every feature on.
namespace miroir::test {

using namespace miroir::protocol;

inline Features everyFeature()
{
    Features features;
    for (int i = 0; i < featureCount; ++i)
        features.set(static_cast<Feature>(i), true);
    return features;
}

inline json::Document parse(const QByteArray &text)
{
    auto doc = json::Document::parse(text);
    if (!doc)
        qFatal("no JSON: %s", text.constData());
    return std::move(doc).value();
}

inline ApiResult<SettingsPatch> patchOf(const QByteArray &body, const Features &features = everyFeature())
{
    const json::Document doc = parse(body);
    return parseSettingsPatch(doc.root(), features);
}

inline std::string errorOf(const QByteArray &body, const Features &features = everyFeature())
{
    const auto patch = patchOf(body, features);
    return patch ? "accepted" : std::string(patch.error().code->name) + ": " + patch.error().message;
}

inline Settings settingsOf(const QByteArray &body)
{
    auto patch = patchOf(body);
    if (!patch)
        qFatal("%s", patch.error().message.c_str());
    auto settings = applySettingsPatch(Settings {}, *patch);
    if (!settings)
        qFatal("%s", settings.error().message.c_str());
    return std::move(settings).value();
}

} // namespace miroir::test
