// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/Snapshot.h"

namespace miroir::ui {

/// What a colour means. Code names meanings only; the values are in Theme.cpp, one table for each scheme.
enum class Colour {
    Window, ///< behind everything
    Surface, ///< lists, fields, cards
    Raised, ///< what lies on a surface: buttons, headers
    Line, ///< hairlines
    Text,
    Faint, ///< less important text; still readable
    Accent, ///< focus, selection, links
    AccentText, ///< on accent
    AccentSoft, ///< behind selected rows
    Mark, ///< behind the words a search found
    Ok,
    Warning,
    Error,
    Info,
    Moving,
    Spare,
    CoverFull, ///< fills of shard segments; beside them there is a pattern
    CoverReduced,
    CoverNone,
    Count
};
inline constexpr int zoneHues = 8;

/// Meaning of a state as a colour. Beside it there is always an icon, a word or a pattern.
inline Colour toneOf(NodeState state)
{
    switch (state) {
    case NodeState::Serving:
        return Colour::Ok;
    case NodeState::CatchingUp:
        return Colour::Info;
    case NodeState::Copying:
        return Colour::Moving;
    case NodeState::Draining:
        return Colour::Warning;
    case NodeState::Down:
    case NodeState::Refused:
        return Colour::Error;
    case NodeState::Spare:
    case NodeState::Unknown:
        break;
    }
    return Colour::Spare;
}
inline Colour toneOf(Cover cover)
{
    return cover == Cover::Full ? Colour::Ok : cover == Cover::Reduced ? Colour::Warning : Colour::Error;
}
inline Colour fillOf(Cover cover)
{
    return cover == Cover::Full   ? Colour::CoverFull
        : cover == Cover::Reduced ? Colour::CoverReduced
                                  : Colour::CoverNone;
}
inline Colour toneOf(ClusterState state)
{
    return state == ClusterState::Healthy ? Colour::Ok
        : state == ClusterState::Degraded ? Colour::Warning
                                          : Colour::Error;
}
inline Colour toneOfTask(const QString &status)
{
    if (status == u"succeeded")
        return Colour::Ok;
    if (status == u"failed")
        return Colour::Error;
    return status == u"processing" ? Colour::Info : Colour::Spare;
}

} // namespace miroir::ui
