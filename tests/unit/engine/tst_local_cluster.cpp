// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "LocalCluster.h"
#include "base/Bytes.h"
#include "support/ScriptedServer.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <set>

#include <csignal>
#include <cstdio>
#include <unistd.h>

using namespace miroir;
using State = LocalCluster::State;

namespace {

QString ownPath()
{
    return QCoreApplication::applicationFilePath();
}

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A zombie counts as ended: it only waits for somebody to read its exit code.
bool alive(qint64 pid)
{
    const QByteArray stat = readAll(QStringLiteral("/proc/%1/stat").arg(pid));
    const qsizetype name = stat.lastIndexOf(')');
    return name > 0 && stat.mid(name + 2, 1) != "Z";
}

LocalClusterOptions optionsFor(const QTemporaryDir &dir, int nodes = 3)
{
    LocalClusterOptions options;
    options.nodes = nodes;
    options.nodeProgram = ownPath();
    options.dataDir = dir.filePath(QStringLiteral("nodes"));
    options.startTimeoutMs = 8000;
    options.stopTimeoutMs = 3000;
    return options;
}

State stateOf(const LocalCluster &cluster, std::size_t index)
{
    return cluster.members().at(index).state;
}

/// How the program below behaves as a node; environment, because the arguments are those of
/// Meilisearch.
struct Mode
{
    explicit Mode(const char *mode) { qputenv("FAKE_NODE", mode); }
    ~Mode() { qunsetenv("FAKE_NODE"); }
};

/// This program as a node: answers /health and, with the right key, /version.
int fakeNode(QCoreApplication &application)
{
    const QStringList arguments = application.arguments();
    const auto value = [&arguments](const QString &flag) {
        return arguments.value(arguments.indexOf(flag) + 1);
    };
    const QByteArray mode = qgetenv("FAKE_NODE");
    const QByteArray key = qgetenv("MEILI_MASTER_KEY");
    if (mode == "exit") {
        std::fputs("some line\ncannot open the database\n", stderr);
        return 3;
    }
    if (mode == "stubborn")
        std::signal(SIGTERM, SIG_IGN);
    QDir().mkpath(value(QStringLiteral("--db-path")));
    QFile seen(value(QStringLiteral("--db-path")) + QStringLiteral("/seen"));
    if (seen.open(QIODevice::WriteOnly))
        seen.write(arguments.join(QLatin1Char('\n')).toUtf8() + "\nkey " + key + "\ndir "
            + QDir::currentPath().toUtf8() + "\nown " + qgetenv("MIROIR_MASTER_KEY"));
    seen.close();
    test::ScriptedServer server([&](const test::SeenRequest &request, QTcpSocket *socket) {
        const bool known = request.hasField("Authorization: Bearer " + key) && mode != "stranger";
        if (mode == "silent")
            return;
        if (request.target == "/health")
            socket->write(test::httpAnswer(200, "{\"status\":\"available\"}"));
        else
            socket->write(known
                    ? test::httpAnswer(200, "{\"pkgVersion\":\"1.50.0\"}")
                    : test::httpAnswer(403, "{\"message\":\"no\",\"code\":\"invalid_api_key\"}"));
    });
    server.close();
    const QUrl address(QStringLiteral("http://") + value(QStringLiteral("--http-addr")));
    if (!server.listen(QHostAddress::LocalHost, static_cast<quint16>(address.port())))
        return 4;
    std::fputs("the fake node listens\n", stderr);
    return application.exec();
}

/// This program as an engine: runs a cluster and prints the pids of its nodes.
int supervise(QCoreApplication &application)
{
    LocalClusterOptions options;
    options.nodes = 2;
    options.nodeProgram = ownPath();
    options.dataDir = application.arguments().value(2);
    LocalCluster cluster(options);
    QObject::connect(&cluster, &LocalCluster::ready, &cluster, [&cluster] {
        for (const LocalCluster::Member &member : cluster.members())
            std::printf("%lld ", static_cast<long long>(member.pid));
        std::puts("ready");
        std::fflush(stdout);
    });
    return cluster.start() ? application.exec() : 1;
}

} // namespace

class TestLocalCluster : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void startsAndStops()
    {
        QTemporaryDir dir;
        qputenv("MIROIR_MASTER_KEY", "of-the-engine");
        LocalCluster cluster(optionsFor(dir));
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QSignalSpy states(&cluster, &LocalCluster::nodeState);
        QSignalSpy stopped(&cluster, &LocalCluster::stopped);
        const Status<> started = cluster.start();
        QVERIFY2(started.ok(), started.ok() ? "" : started.error().message.c_str());
        QVERIFY(!cluster.start().ok());
        QCOMPARE(states.size(), 3);
        QTRY_COMPARE(ready.size(), 1);
        QVERIFY(cluster.allReady());
        QCOMPARE(states.size(), 6);

        const std::vector<NodeConfig> nodes = cluster.nodes();
        QCOMPARE(nodes.size(), std::size_t(3));
        std::set<int> ports;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const QString name = QStringLiteral("node-%1").arg(i + 1);
            QCOMPARE(toQString(nodes[i].id), name);
            ports.insert(nodes[i].address.port());
            QVERIFY(alive(cluster.members()[i].pid));
            const QString folder = dir.filePath(QStringLiteral("nodes/") + name);
            const QByteArrayList seen = readAll(folder + QStringLiteral("/data/seen")).split('\n');
            QVERIFY(seen.contains("--no-analytics"));
            QVERIFY(seen.contains("127.0.0.1:" + QByteArray::number(nodes[i].address.port())));
            QVERIFY(seen.contains("key " + cluster.nodeKey()));
            QVERIFY(!seen.contains(cluster.nodeKey())); // not an argument
            QVERIFY(seen.contains("dir " + folder.toUtf8()));
            QVERIFY(seen.contains("own ")); // the engine's own key is not handed on
            QVERIFY(
                readAll(folder + QStringLiteral("/node.log")).contains("the fake node listens"));
        }
        QCOMPARE(ports.size(), std::size_t(3));
        QVERIFY(cluster.nodeKey().size() >= 16);
        const QFile::Permissions mode
            = QFile::permissions(dir.filePath(QStringLiteral("nodes/node.key")));
        QVERIFY((mode & (QFile::ReadGroup | QFile::ReadOther)) == 0);

        const std::vector<LocalCluster::Member> members = cluster.members();
        QElapsedTimer clock;
        clock.start();
        cluster.stop();
        QTRY_COMPARE(stopped.size(), 1);
        QVERIFY(clock.elapsed() < 2000); // by SIGTERM, not after the patience for it
        for (const LocalCluster::Member &member : members)
            QVERIFY(!alive(member.pid));
        qunsetenv("MIROIR_MASTER_KEY");

        // Again: same ports, same key.
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(ready.size(), 2);
        QCOMPARE(cluster.nodes()[1].address, nodes[1].address);
    }

    void startsAgainWhatDies()
    {
        QTemporaryDir dir;
        LocalCluster cluster(optionsFor(dir, 2));
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(ready.size(), 1);
        const LocalCluster::Member victim = cluster.members()[1];
        QElapsedTimer clock;
        clock.start();
        ::kill(static_cast<pid_t>(victim.pid), SIGKILL);
        QTRY_COMPARE(stateOf(cluster, 1), State::Restarting);
        QVERIFY(clock.elapsed() < 1000);
        QCOMPARE(cluster.members()[1].reason, std::string("it was ended by signal 9"));
        QTRY_COMPARE(ready.size(), 2);
        QVERIFY(cluster.members()[1].pid != victim.pid);
        QCOMPARE(cluster.members()[1].address, victim.address);
        QCOMPARE(stateOf(cluster, 0), State::Ready);
    }

    void leavesItDeadWhenToldSo()
    {
        QTemporaryDir dir;
        LocalClusterOptions options = optionsFor(dir, 2);
        options.restart = false;
        LocalCluster cluster(options);
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QSignalSpy failed(&cluster, &LocalCluster::failed);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(ready.size(), 1);
        ::kill(static_cast<pid_t>(cluster.members()[0].pid), SIGKILL);
        QTRY_COMPARE(stateOf(cluster, 0), State::Failed);
        QCOMPARE(failed.size(), 1);
        QCOMPARE(failed.at(0).at(0).toString(), QStringLiteral("node-1: it was ended by signal 9"));
        cluster.startNode("node-1");
        QTRY_COMPARE(ready.size(), 2);
        cluster.stopNode("node-2");
        QTRY_COMPARE(stateOf(cluster, 1), State::Stopped);
        QCOMPARE(cluster.members()[1].pid, 0);
        QVERIFY(!cluster.allReady());
        cluster.startNode("node-2");
        QTRY_COMPARE(ready.size(), 3);
        QCOMPARE(failed.size(), 1);
    }

    void takesAnotherPort()
    {
        QTemporaryDir dir;
        LocalCluster cluster(optionsFor(dir, 1));
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QSignalSpy stopped(&cluster, &LocalCluster::stopped);
        QSignalSpy moved(&cluster, &LocalCluster::addressChanged);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(ready.size(), 1);
        const int port = cluster.nodes()[0].address.port();
        cluster.stopNode("node-1");
        QTRY_COMPARE(stateOf(cluster, 0), State::Stopped);
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost, static_cast<quint16>(port)));
        cluster.startNode("node-1");
        QTRY_COMPARE(ready.size(), 2);
        QCOMPARE(moved.size(), 1);
        QVERIFY(cluster.nodes()[0].address.port() != port);
        QVERIFY(readAll(dir.filePath(QStringLiteral("nodes/cluster.state")))
                    .contains("node-1 " + QByteArray::number(cluster.nodes()[0].address.port())));
    }

    void saysWhyItCannotStart()
    {
        QTemporaryDir dir;
        const Mode mode("exit");
        LocalCluster cluster(optionsFor(dir, 1));
        QSignalSpy failed(&cluster, &LocalCluster::failed);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 9000);
        QCOMPARE(failed.at(0).at(0).toString(),
            QStringLiteral(
                "node-1: it ended with exit code 3; its last words: \"cannot open the database\""));
        QCOMPARE(stateOf(cluster, 0), State::Failed);
    }

    void neverReady_data()
    {
        QTest::addColumn<QByteArray>("behaviour");
        QTest::addColumn<QString>("reason");
        QTest::newRow("silent") << QByteArray("silent") << QStringLiteral("no answer in time");
        QTest::newRow("stranger") << QByteArray("stranger") << QStringLiteral("invalid_api_key");
    }
    void neverReady()
    {
        QFETCH(QByteArray, behaviour);
        QFETCH(QString, reason);
        QTemporaryDir dir;
        const Mode mode(behaviour.constData());
        LocalClusterOptions options = optionsFor(dir, 1);
        options.startTimeoutMs = 300;
        LocalCluster cluster(options);
        QSignalSpy failed(&cluster, &LocalCluster::failed);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY2(failed.at(0).at(0).toString().contains(reason),
            qPrintable(failed.at(0).at(0).toString()));
        QTRY_COMPARE(cluster.members()[0].pid, 0); // and the process is gone
        QCOMPARE(stateOf(cluster, 0), State::Failed);
    }

    void killsTheStubborn()
    {
        QTemporaryDir dir;
        const Mode mode("stubborn");
        LocalClusterOptions options = optionsFor(dir, 2);
        options.stopTimeoutMs = 200;
        LocalCluster cluster(options);
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QSignalSpy stopped(&cluster, &LocalCluster::stopped);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(ready.size(), 1);
        const std::vector<LocalCluster::Member> members = cluster.members();
        cluster.stop();
        QTRY_COMPARE(stopped.size(), 1);
        for (const LocalCluster::Member &member : members)
            QVERIFY(!alive(member.pid));
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(ready.size(), 2);
        // The destructor ends what runs.
    }

    void blockedSignalsAreNotInherited()
    {
        QTemporaryDir dir;
        sigset_t term;
        sigset_t before;
        ::sigemptyset(&term);
        ::sigaddset(&term, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &term, &before);
        LocalCluster cluster(optionsFor(dir, 1));
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QSignalSpy stopped(&cluster, &LocalCluster::stopped);
        QVERIFY(cluster.start().ok());
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        QTRY_COMPARE(ready.size(), 1);
        QElapsedTimer clock;
        clock.start();
        cluster.stop();
        QTRY_COMPARE(stopped.size(), 1);
        QVERIFY(clock.elapsed() < 2000);
    }

    void nodesDieWithTheEngine()
    {
        QTemporaryDir dir;
        QProcess engine;
        engine.start(
            ownPath(), {QStringLiteral("--supervise"), dir.filePath(QStringLiteral("nodes"))});
        QTRY_VERIFY_WITH_TIMEOUT(engine.canReadLine(), 8000);
        const QByteArrayList words = engine.readLine().trimmed().split(' ');
        QCOMPARE(words.size(), 3);
        QVERIFY(alive(words[0].toLongLong()) && alive(words[1].toLongLong()));
        // A second engine keeps away from the folder, until the first is gone.
        LocalClusterOptions options = optionsFor(dir, 2);
        LocalCluster second(options);
        QVERIFY(
            second.start().error().message.starts_with("another process uses the local cluster"));
        engine.kill();
        QVERIFY(engine.waitForFinished());
        QTRY_VERIFY(!alive(words[0].toLongLong()) && !alive(words[1].toLongLong()));
        QSignalSpy ready(&second, &LocalCluster::ready);
        QVERIFY(second.start().ok());
        QTRY_COMPARE(ready.size(), 1);
    }

    void rotatesLogs()
    {
        QTemporaryDir dir;
        LocalClusterOptions options = optionsFor(dir, 1);
        options.logBytes = 1000;
        const QString folder = dir.filePath(QStringLiteral("nodes/node-1/"));
        QVERIFY(QDir().mkpath(folder));
        QFile log(folder + QStringLiteral("node.log"));
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write(QByteArray(2000, 'x'));
        log.close();
        LocalCluster cluster(options);
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE(ready.size(), 1);
        QCOMPARE(QFileInfo(folder + QStringLiteral("node.log.1")).size(), 2000);
        QVERIFY(QFileInfo(folder + QStringLiteral("node.log")).size() < 1000);
    }

    void refusesImpossibleStarts()
    {
        QTemporaryDir dir;
        LocalClusterOptions options = optionsFor(dir);
        options.nodeProgram = QStringLiteral("/nowhere/meilisearch");
        QCOMPARE(LocalCluster(options).start().error().message,
            std::string("the node program /nowhere/meilisearch does not exist or cannot be run"));
        options = optionsFor(dir);
        options.nodes = 0;
        QVERIFY(!LocalCluster(options).start().ok());
        options = optionsFor(dir);
        options.dataDir = QStringLiteral("/proc/nowhere");
        QVERIFY(!LocalCluster(options).start().ok());
        // Data of the one program is not given to the other.
        options = optionsFor(dir);
        QVERIFY(QDir().mkpath(options.dataDir));
        QFile state(options.dataDir + QStringLiteral("/cluster.state"));
        QVERIFY(state.open(QIODevice::WriteOnly));
        state.write("program miroir-node\nnode-1 1\nrubbish\nnode-2 99999999\n");
        state.close();
        const auto refused = LocalCluster(options).start();
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().message.find("was written by miroir-node") != std::string::npos);
    }

    void findsThePrograms()
    {
        QCOMPARE(*LocalCluster::findNodeProgram(ownPath()), ownPath());
        qputenv("MIROIR_MEILISEARCH", ownPath().toUtf8());
        QCOMPARE(*LocalCluster::findNodeProgram({}), ownPath());
        QCOMPARE(
            *LocalCluster::findNodeProgram(QStringLiteral("/bin/sh")), QStringLiteral("/bin/sh"));
        qunsetenv("MIROIR_MEILISEARCH");
        QTemporaryDir dir;
        const QByteArray path = qgetenv("PATH");
        QVERIFY(QFile::link(ownPath(), dir.filePath(QStringLiteral("meilisearch"))));
        qputenv("PATH", dir.path().toUtf8());
        QCOMPARE(*LocalCluster::findNodeProgram({}), dir.filePath(QStringLiteral("meilisearch")));
        qputenv("PATH", path);
    }

    void withTheBundledNode()
    {
        const QString program = QStringLiteral(MIROIR_BIN_DIR "/miroir-node");
        if (!QFileInfo(program).isExecutable())
            QSKIP("miroir-node has not been built");
        QTemporaryDir dir;
        LocalClusterOptions options = optionsFor(dir);
        options.nodeProgram = program;
        LocalCluster cluster(options);
        QSignalSpy ready(&cluster, &LocalCluster::ready);
        QSignalSpy stopped(&cluster, &LocalCluster::stopped);
        QVERIFY(cluster.start().ok());
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, 8000);
        cluster.stop();
        QTRY_COMPARE(stopped.size(), 1);
    }
};

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    if (application.arguments().contains(QStringLiteral("--http-addr")))
        return fakeNode(application);
    if (application.arguments().value(1) == QStringLiteral("--supervise"))
        return supervise(application);
    TestLocalCluster test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_local_cluster.moc"
