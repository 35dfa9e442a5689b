// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Daemon.h"

#include "Signals.h"
#include "base/Bytes.h"

#include <cstdio>

namespace miroir {

namespace {

void say(std::FILE *to, const QString &line)
{
    std::fprintf(to, "%s\n", line.toUtf8().constData());
    std::fflush(to);
}

} // namespace

int runDaemon(QCoreApplication &app, Config config, int signalDescriptor)
{
    Engine engine(std::move(config));
    Signals signals_(signalDescriptor);
    QObject::connect(&signals_, &Signals::terminate, &app, [&app] {
        notifyService("STOPPING=1");
        app.quit();
    });
    QObject::connect(&engine, &Engine::progress, &app, [](const QString &sentence) { say(stdout, sentence); });
    bool wasReady = false;
    QObject::connect(&engine, &Engine::failed, &app, [&app, &wasReady](const QString &reason) {
        say(stderr, QStringLiteral("error: ") + reason);
        // Later, the others go on without that node: this is what replicas are for.
        if (!wasReady)
            app.exit(1);
    });
    QObject::connect(&engine, &Engine::ready, &app, [&engine, &wasReady] {
        wasReady = true;
        say(stdout, QStringLiteral("All nodes serve; ready on %1").arg(engine.url().toString()));
        notifyService("READY=1\nSTATUS=all nodes serve");
    });
    const Status<> started = engine.start();
    if (!started) {
        say(stderr, QStringLiteral("error: ") + toQString(started.error().message));
        return 1;
    }
    if (!engine.nodeProgram().isEmpty())
        say(stdout, QStringLiteral("Nodes run %1").arg(engine.nodeProgram()));
    say(stdout, QStringLiteral("Listening on %1").arg(engine.url().toString()));
    notifyService("READY=1\nSTATUS=listening");
    const int status = app.exec();
    engine.stop();
    return status;
}

} // namespace miroir
