// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QUrl>

#include <functional>
#include <optional>

namespace miroir::ui {

/// What the program that loads the window gives to it. The window knows the engine only through the admin API; the host
/// is asked to start one and tells where it listens. Implemented by the program, outlives the window. All functions are
/// called in the GUI thread and must return at once; all callbacks must be called in the GUI thread.
class Host
{
public:
    /// Where an engine listens. Only http and https; a path is kept as a prefix.
    struct Endpoint {
        QUrl url;
        QByteArray adminKey; ///< bearer key of the admin API; empty when it needs none
        QString name; ///< for people: "Local cluster"
        bool local = false; ///< started by this program
    };
    /// One sentence for a person about what is being done: "Starting node 2 of 3".
    using Progress = std::function<void(QString sentence)>;
    /// Called exactly once, unless stopLocal() came before. An empty error means that the endpoint answers.
    using Started = std::function<void(QString error, Endpoint endpoint)>;

    virtual ~Host() = default;
    /// Starts the local cluster, or finds it running.
    virtual void startLocal(Progress progress, Started started) = 0;
    /// Stops what startLocal() started and cancels a start under way; nothing happens when there is none.
    virtual void stopLocal() = 0;
    /// The engine to connect to at once (started already, or named on the command line); none shows the start page.
    virtual std::optional<Endpoint> initial() = 0;
};

} // namespace miroir::ui
