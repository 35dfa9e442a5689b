// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/Words.h"

#include <QLocale>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace miroir::ui {

QString Words::state(NodeState state)
{
    switch (state) {
    case NodeState::Serving:
        return tr("serving");
    case NodeState::CatchingUp:
        return tr("catching up");
    case NodeState::Copying:
        return tr("copying");
    case NodeState::Draining:
        return tr("draining");
    case NodeState::Spare:
        return tr("spare");
    case NodeState::Down:
        return tr("down");
    case NodeState::Refused:
        return tr("refused");
    case NodeState::Unknown:
        break;
    }
    return tr("unknown");
}

QString Words::cover(Cover cover)
{
    switch (cover) {
    case Cover::Full:
        return tr("all replicas");
    case Cover::Reduced:
        return tr("fewer replicas");
    case Cover::None:
        break;
    }
    return tr("no replica");
}

QString Words::taskStatus(const QString &status)
{
    if (status == u"enqueued")
        return tr("waiting");
    if (status == u"processing")
        return tr("running");
    if (status == u"succeeded")
        return tr("done");
    if (status == u"failed")
        return tr("failed");
    return status == u"canceled" ? tr("cancelled") : status;
}

QString Words::taskType(const QString &type)
{
    static const std::array<std::pair<QLatin1StringView, const char *>, 11> names {{
        {QLatin1StringView("documentAdditionOrUpdate"), QT_TR_NOOP("Add or update documents")},
        {QLatin1StringView("documentDeletion"), QT_TR_NOOP("Delete documents")},
        {QLatin1StringView("documentEdition"), QT_TR_NOOP("Edit documents")},
        {QLatin1StringView("indexCreation"), QT_TR_NOOP("Create index")},
        {QLatin1StringView("indexUpdate"), QT_TR_NOOP("Change index")},
        {QLatin1StringView("indexDeletion"), QT_TR_NOOP("Delete index")},
        {QLatin1StringView("indexSwap"), QT_TR_NOOP("Swap indexes")},
        {QLatin1StringView("settingsUpdate"), QT_TR_NOOP("Change settings")},
        {QLatin1StringView("taskCancelation"), QT_TR_NOOP("Cancel tasks")},
        {QLatin1StringView("taskDeletion"), QT_TR_NOOP("Delete tasks")},
        {QLatin1StringView("dumpCreation"), QT_TR_NOOP("Create dump")},
    }};
    for (const auto &[key, name] : names) {
        if (type == key)
            return tr(name);
    }
    return type;
}

int Words::plural(qint64 number)
{
    return static_cast<int>(std::clamp<qint64>(number, 0, std::numeric_limits<int>::max()));
}

QString Words::count(qint64 number)
{
    return QLocale().toString(number);
}

QString Words::bytes(std::optional<qint64> bytes)
{
    return bytes ? QLocale().formattedDataSize(*bytes, 1, QLocale::DataSizeSIFormat) : QStringLiteral("\u2013");
}

QString Words::latency(double ms)
{
    if (ms < 0)
        return QStringLiteral("\u2013");
    if (ms < 0.05)
        return tr("< 0.1 ms");
    return tr("%1 ms").arg(QLocale().toString(ms, 'f', ms < 10 ? 1 : 0));
}

QString Words::lag(qint64 operations)
{
    return operations <= 0 ? tr("none") : tr("%Ln operation(s)", nullptr, plural(operations));
}

QString Words::span(qint64 seconds)
{
    seconds = std::max<qint64>(0, seconds);
    if (seconds < 60)
        return tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return tr("%1 min").arg(seconds / 60);
    if (seconds < 48 * 3600)
        return tr("%1 h").arg(seconds / 3600);
    return tr("%n day(s)", nullptr, static_cast<int>(seconds / 86400));
}

QString Words::age(const QDateTime &since, const QDateTime &now)
{
    return since.isValid() ? span(since.secsTo(now)) : QStringLiteral("\u2013");
}

QString Words::time(const QDateTime &time)
{
    if (!time.isValid())
        return QStringLiteral("\u2013");
    const QDateTime here = time.toLocalTime();
    const bool today = here.date() == QDate::currentDate();
    return today ? QLocale().toString(here.time(), QStringLiteral("HH:mm:ss"))
                 : QLocale().toString(here, QStringLiteral("d MMM yyyy HH:mm"));
}

QString Words::tip(const QString &text)
{
    return text.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(text.toHtmlEscaped());
}

QString Words::icon(NodeState state)
{
    switch (state) {
    case NodeState::Serving:
        return QStringLiteral("check");
    case NodeState::CatchingUp:
        return QStringLiteral("catching-up");
    case NodeState::Copying:
        return QStringLiteral("copying");
    case NodeState::Draining:
        return QStringLiteral("draining");
    case NodeState::Spare:
        return QStringLiteral("spare");
    case NodeState::Down:
        return QStringLiteral("cross");
    case NodeState::Refused:
        return QStringLiteral("refused");
    case NodeState::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

QString Words::icon(ClusterState state)
{
    if (state == ClusterState::Healthy)
        return QStringLiteral("healthy");
    return state == ClusterState::Degraded ? QStringLiteral("degraded") : QStringLiteral("unavailable");
}

QString Words::taskIcon(const QString &status)
{
    if (status == u"succeeded")
        return QStringLiteral("check");
    if (status == u"failed")
        return QStringLiteral("cross");
    if (status == u"processing")
        return QStringLiteral("catching-up");
    return status == u"canceled" ? QStringLiteral("refused") : QStringLiteral("waiting");
}

} // namespace miroir::ui
