// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "NodeArguments.h"

#include "base/Bytes.h"
#include "localnode/LocalNode.h"

#include <QCoreApplication>
#include <QHostInfo>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

using namespace miroir;
using localnode::LocalNode;
using localnode::NodeArguments;

enum ExitCode { Clean = 0, CannotStart = 1, WrongUsage = 2 };

/// Signals are taken from a descriptor, so that everything that ends the node runs in its main thread. They have to be
/// blocked before any thread exists, for threads inherit the mask.
int blockSignals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

QHostAddress resolve(const QString &host)
{
    if (host == QStringLiteral("localhost"))
        return QHostAddress(QHostAddress::LocalHost);
    QHostAddress address;
    if (address.setAddress(host))
        return address;
    const QList<QHostAddress> found = QHostInfo::fromName(host).addresses();
    return found.isEmpty() ? QHostAddress() : found.first();
}

void say(std::FILE *to, const QString &line)
{
    std::fprintf(to, "%s\n", line.toUtf8().constData());
    std::fflush(to);
}

int run(QCoreApplication &app, const NodeArguments &arguments, int signalDescriptor)
{
    for (const QString &note : arguments.notes)
        say(stderr, QStringLiteral("note: %1").arg(note));
    if (arguments.masterKey.toUtf8().size() < 16 && !arguments.production)
        say(stderr, QStringLiteral("warning: no master key of at least 16 bytes; do not let others reach this node"));
    const QHostAddress address = resolve(arguments.host);
    if (address.isNull()) {
        say(stderr, QStringLiteral("error: the host %1 is not known").arg(arguments.host));
        return CannotStart;
    }
    localnode::LocalNodeOptions options;
    options.dbPath = arguments.dbPath;
    options.masterKey = toStd(arguments.masterKey);
    options.production = arguments.production;
    LocalNode node(options);
    const auto port = node.start(address, arguments.port);
    if (!port) {
        say(stderr, QStringLiteral("error: %1").arg(toQString(port.error().message)));
        return CannotStart;
    }
    QSocketNotifier notifier(signalDescriptor, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &app, [&] {
        signalfd_siginfo info {};
        if (::read(signalDescriptor, &info, sizeof info) == static_cast<ssize_t>(sizeof info))
            app.quit();
    });
    say(stdout, QStringLiteral("miroir-node %1 listening on %2").arg(QStringLiteral(MIROIR_VERSION), node.url()));
    const int status = app.exec();
    node.stop();
    return status;
}

} // namespace

int main(int argc, char *argv[])
{
    const int signalDescriptor = blockSignals();
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("miroir-node"));
    const auto arguments = NodeArguments::parse(app.arguments().mid(1), QProcessEnvironment::systemEnvironment());
    if (!arguments) {
        say(stderr, QStringLiteral("error: %1\nTry miroir-node --help").arg(toQString(arguments.error().message)));
        return WrongUsage;
    }
    if (arguments->help) {
        std::fputs(NodeArguments::helpText().toUtf8().constData(), stdout);
        return Clean;
    }
    if (arguments->version) {
        say(stdout, QStringLiteral("miroir-node %1 (evaluation node, speaks the API of Meilisearch %2)")
                        .arg(QStringLiteral(MIROIR_VERSION), QString::fromLatin1(LocalNode::apiVersion)));
        return Clean;
    }
    return signalDescriptor < 0 ? CannotStart : run(app, *arguments, signalDescriptor);
}
