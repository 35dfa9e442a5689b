// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "client/Host.h"

#include <QVector>

namespace miroir::ui {

/// A connection a person saved.
struct Profile {
    QString name;
    QUrl url;
    QByteArray adminKey;
    bool production = false; ///< draws a coloured frame around the window
    [[nodiscard]] Host::Endpoint endpoint() const { return {url, adminKey, name, false}; }
    bool operator==(const Profile &) const = default;
};

/// The saved connections: one JSON file, `{"version":1,"profiles":[..]}`, readable by its owner only because it holds
/// keys. A file of a later version is read as far as it is understood and never overwritten.
class ProfileStore
{
public:
    explicit ProfileStore(QString path = defaultPath());
    static QString defaultPath();
    static constexpr int version = 1;
    static constexpr int profilesMax = 200;

    Status<> load();
    /// Written beside and renamed into place, mode 0600.
    Status<> save() const;
    [[nodiscard]] const QVector<Profile> &profiles() const { return m_profiles; }
    /// Puts the profile first; one of the same name is replaced.
    void put(const Profile &profile);
    void remove(const QString &name);

private:
    QString m_path;
    QVector<Profile> m_profiles;
    bool m_newer = false;
};

/// Nothing when `text` is a URL of a server, else why not, as a sentence for the person who typed it.
QString urlProblem(const QString &text);
/// What a person may type: "localhost:7700" becomes http://localhost:7700.
QUrl serverUrl(const QString &text);

} // namespace miroir::ui
