// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Config.h"
#include "Daemon.h"
#include "GuiHost.h"
#include "Signals.h"
#include "base/Bytes.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <optional>

namespace {

using namespace miroir;

enum ExitCode { Clean = 0, CannotStart = 1, WrongUsage = 2 };

constexpr const char *helpText = R"(Usage: miroir [--daemon] [--config FILE] [options]

Without --daemon a window is opened.

  --daemon             run without a window until TERM or INT
  --config FILE        configuration (docs/configuration.md)
  --check-config       say what is wrong with the configuration and exit
  --connect URL        open the window on an engine that runs already
                       (its admin key is read from MIROIR_ADMIN_API_KEY)
  --version, --help

Every key of the configuration is a flag, too: --server-port 7700,
--local-cluster-nodes 3. Environment: MIROIR_SERVER_PORT and so on.
)";

bool hasFlag(int argc, char **argv, const char *flag)
{
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], flag) == 0)
            return true;
    }
    return false;
}

struct Arguments {
    LoadedConfig loaded;
    QString connectTo;
    std::optional<std::string> problem;
};

/// The window needs no configuration: without any it is ready to start three nodes of its own, in the user's data
/// folder.
LoadedConfig loadForWindow(ConfigSources sources)
{
    LoadedConfig loaded = loadConfig(sources);
    if (loaded.ok())
        return loaded;
    const QString home = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    sources.flags.emplace_back("local_cluster.nodes", "3");
    sources.flags.emplace_back("data_dir", toStd(QDir(home).filePath(QStringLiteral("miroir/local"))));
    LoadedConfig withNodes = loadConfig(sources);
    return withNodes.ok() ? withNodes : loaded;
}

Arguments readArguments(QStringList arguments, bool window)
{
    Arguments read;
    ConfigSources sources;
    sources.environment = ConfigSources::processEnvironment();
    if (const Status<> taken = takeConfigArguments(arguments, sources); !taken) {
        read.problem = taken.error().message;
        return read;
    }
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments[i];
        if (argument == QStringLiteral("--connect") && i + 1 < arguments.size())
            read.connectTo = arguments[++i];
        else if (argument != QStringLiteral("--daemon") && argument != QStringLiteral("--check-config"))
            read.problem = "unknown argument " + toStd(argument) + "; try miroir --help";
    }
    read.loaded = window ? loadForWindow(std::move(sources)) : loadConfig(sources);
    return read;
}

void sayProblems(const LoadedConfig &loaded)
{
    for (const ConfigProblem &problem : loaded.problems)
        std::fprintf(stderr, "%s: %s\n", problem.warning ? "warning" : "error", problem.text().c_str());
}

using UiMain = int (*)(int, char **, ui::Host *);

/// The window is a module of its own, so that a server needs no graphical library.
UiMain loadWindow(const QString &programFolder)
{
    for (const QString &folder : {programFolder, programFolder + QStringLiteral("/../lib/miroir")}) {
        const QString file = QDir(folder).filePath(QStringLiteral("libmiroir-ui.so"));
        if (!QFileInfo::exists(file))
            continue;
        void *module = ::dlopen(QFile::encodeName(file).constData(), RTLD_NOW | RTLD_LOCAL);
        if (module == nullptr) {
            std::fprintf(stderr, "error: the window cannot be loaded: %s\n", ::dlerror());
            return nullptr;
        }
        // a function pointer from dlsym is what POSIX promises
        return reinterpret_cast<UiMain>(::dlsym(module, "miroirUiMain"));
    }
    std::fputs("error: libmiroir-ui.so is not installed; run miroir --daemon, or install the window\n", stderr);
    return nullptr;
}

int runWindow(int argc, char **argv, const QString &programFolder, const Arguments &arguments)
{
    const bool display = qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY")
        || qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
    if (!display) {
        std::fputs("error: there is no display; use miroir --daemon\n", stderr);
        return CannotStart;
    }
    const UiMain uiMain = loadWindow(programFolder);
    if (uiMain == nullptr)
        return CannotStart;
    std::optional<ui::Host::Endpoint> endpoint;
    if (!arguments.connectTo.isEmpty())
        endpoint = ui::Host::Endpoint {
            QUrl(arguments.connectTo), arguments.loaded.config.admin.apiKey, arguments.connectTo, false};
    Config config = arguments.loaded.config;
    if (config.nodes.empty() && config.localCluster.nodes == 0)
        config.localCluster.nodes = 3;
    GuiHost host(std::move(config), std::move(endpoint));
    return uiMain(argc, argv, &host);
}

} // namespace

int main(int argc, char *argv[])
{
    if (hasFlag(argc, argv, "--help")) {
        std::fputs(helpText, stdout);
        return Clean;
    }
    if (hasFlag(argc, argv, "--version")) {
        std::puts("miroir " MIROIR_VERSION);
        return Clean;
    }
    const bool check = hasFlag(argc, argv, "--check-config");
    const bool daemon = hasFlag(argc, argv, "--daemon");
    QCoreApplication::setApplicationName(QStringLiteral("miroir"));
    QStringList list;
    for (int i = 1; i < argc; ++i)
        list.append(QString::fromLocal8Bit(argv[i]));
    const Arguments arguments = readArguments(list, !daemon && !check);
    if (arguments.problem) {
        std::fprintf(stderr, "error: %s\n", arguments.problem->c_str());
        return WrongUsage;
    }
    if (check) {
        std::fputs(checkConfigText(arguments.loaded).c_str(), stdout);
        return arguments.loaded.ok() ? Clean : CannotStart;
    }
    // Who only looks at another engine starts none: warnings about this configuration would be about nothing.
    if (arguments.connectTo.isEmpty() || !arguments.loaded.ok())
        sayProblems(arguments.loaded);
    if (!arguments.loaded.ok())
        return CannotStart;
    if (!daemon) {
        const QString folder = QFileInfo(QFileInfo(QStringLiteral("/proc/self/exe")).symLinkTarget()).path();
        return runWindow(argc, argv, folder, arguments);
    }
    const int signalDescriptor = Signals::block();
    if (signalDescriptor < 0)
        return CannotStart;
    QCoreApplication app(argc, argv);
    if (arguments.loaded.config.nodes.empty() && arguments.loaded.config.localCluster.nodes == 0) {
        std::fputs("error: no nodes: name them in the configuration, or set --local-cluster-nodes\n", stderr);
        return CannotStart;
    }
    return runDaemon(app, arguments.loaded.config, signalDescriptor);
}
