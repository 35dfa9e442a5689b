// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/ProfileStore.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QStandardPaths>

#include <algorithm>

namespace miroir::ui {

ProfileStore::ProfileStore(QString path) : m_path(std::move(path)) { }

QString ProfileStore::defaultPath()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/miroir/connections.json");
}

Status<> ProfileStore::load()
{
    m_profiles.clear();
    m_newer = false;
    QFile file(m_path);
    if (!file.exists())
        return Done {};
    if (!file.open(QIODevice::ReadOnly))
        return fail(toStd(file.errorString()));
    const auto document = json::Document::parse(file.read(4'000'000));
    if (!document)
        return fail("the saved connections cannot be read: " + document.error().message());
    const json::Value root = document->root();
    m_newer = root["version"].toI64().value_or(0) > version;
    for (const json::Value p : root["profiles"].items()) {
        if (m_profiles.size() >= profilesMax)
            break;
        Profile profile;
        profile.name = toQString(p["name"].toString());
        profile.url = QUrl(toQString(p["url"].toString()), QUrl::StrictMode);
        profile.adminKey = toBytes(p["adminKey"].toString());
        profile.production = p["production"].toBool();
        if (!profile.name.isEmpty() && profile.url.isValid())
            m_profiles.append(profile);
    }
    return Done {};
}

Status<> ProfileStore::save() const
{
    if (m_newer)
        return fail("the saved connections were written by a newer version of Miroir");
    if (!QDir().mkpath(QFileInfo(m_path).absolutePath()))
        return fail("the folder for saved connections cannot be made");
    json::Writer w;
    w.beginObject().key("version").number(version).key("profiles").beginArray();
    for (const Profile &p : m_profiles) {
        w.beginObject();
        w.key("name").string(toStd(p.name));
        w.key("url").string(toStd(p.url.toString(QUrl::FullyEncoded)));
        w.key("adminKey").string(sv(p.adminKey));
        w.key("production").boolean(p.production);
        w.endObject();
    }
    w.endArray().endObject();
    QSaveFile file(m_path);
    // Rights first, content second: the key must never be in a file that others can read.
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(w.bytes() + '\n') < 0 || !file.commit())
        return fail(toStd(file.errorString()));
    return Done {};
}

void ProfileStore::put(const Profile &profile)
{
    remove(profile.name);
    m_profiles.prepend(profile);
    if (m_profiles.size() > profilesMax)
        m_profiles.removeLast();
}

void ProfileStore::remove(const QString &name)
{
    m_profiles.removeIf([&](const Profile &p) { return p.name == name; });
}

QUrl serverUrl(const QString &text)
{
    QString trimmed = text.trimmed();
    if (!trimmed.contains(QStringLiteral("://")))
        trimmed.prepend(QStringLiteral("http://"));
    QUrl url(trimmed, QUrl::StrictMode);
    if (url.path() == u"/")
        url.setPath({});
    return url;
}

QString urlProblem(const QString &text)
{
    const auto say
        = [](const char *sentence) { return QCoreApplication::translate("miroir::ui::ProfileStore", sentence); };
    if (text.trimmed().isEmpty())
        return say(QT_TRANSLATE_NOOP("miroir::ui::ProfileStore", "Type the address of a Miroir server."));
    const QUrl url = serverUrl(text);
    if (!url.isValid() || url.host().isEmpty())
        return say(QT_TRANSLATE_NOOP(
            "miroir::ui::ProfileStore", "This is no address: it needs a host, such as localhost:7700."));
    if (url.scheme() != u"http" && url.scheme() != u"https")
        return say(QT_TRANSLATE_NOOP("miroir::ui::ProfileStore", "Only http and https are spoken here."));
    if (!url.userInfo().isEmpty())
        return say(QT_TRANSLATE_NOOP(
            "miroir::ui::ProfileStore", "Leave names and passwords out of the address; the key has its own field."));
    if (url.hasQuery() || url.hasFragment())
        return say(QT_TRANSLATE_NOOP(
            "miroir::ui::ProfileStore", "The address ends at the port or a path; leave out what follows ? or #."));
    return {};
}

} // namespace miroir::ui
