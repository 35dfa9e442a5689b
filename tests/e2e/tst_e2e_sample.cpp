// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/DaemonProcess.h"

#include <QDir>

#include <csignal>
#include <unistd.h>

using namespace miroir;
using test::PlainHttp;

/// What the first command of the README does once it has built: sample data in a cluster, a search, and a clean end.
class E2eSample : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void loadsAndAnswers();
    void startsAgainWithoutLoading();

private:
    [[nodiscard]] QByteArray start(QProcess &script) const; ///< what it says until it is up or ends
    void interrupt(QProcess &script) const;
    [[nodiscard]] int processes() const;
    QTemporaryDir m_folder;
};

namespace {

/// The program's last words before it waits.
bool isUp(const QByteArray &said)
{
    return said.contains("Ctrl-C stops everything");
}

PlainHttp clientOf(const QByteArray &said)
{
    const qsizetype at = said.indexOf("answers on http://localhost:") + 28;
    return PlainHttp(static_cast<quint16>(said.mid(at, said.indexOf(' ', at) - at).toUInt()), "dev-key");
}

} // namespace

QByteArray E2eSample::start(QProcess &script) const
{
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "MIROIR_MASTER_KEY"})
        variables.remove(QString::fromLatin1(name));
    variables.insert(QStringLiteral("PORT"), QStringLiteral("0"));
    variables.insert(QStringLiteral("MIROIR_DATA"), m_folder.path());
    script.setProcessEnvironment(variables);
    script.setProcessChannelMode(QProcess::MergedChannels);
    script.setChildProcessModifier([] { ::setsid(); }); // a Ctrl-C reaches it and what it started, as in a shell
    script.start(QStringLiteral("bash"),
        {QStringLiteral(MIROIR_SOURCE_DIR "/tools/sample-cluster.sh"), QStringLiteral(MIROIR_BIN_DIR)});
    QByteArray said;
    (void)QTest::qWaitFor([&] {
        said += script.readAll();
        return isUp(said) || script.state() == QProcess::NotRunning;
    }, 180'000);
    return said;
}

void E2eSample::interrupt(QProcess &script) const
{
    QVERIFY(processes() >= 4);
    ::kill(-static_cast<pid_t>(script.processId()), SIGINT);
    QVERIFY(script.waitForFinished(30'000));
    QCOMPARE(script.exitCode(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(processes(), 0, 10'000);
}

/// Programs that were started with this test's folder.
int E2eSample::processes() const
{
    int found = 0;
    const QStringList all = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs);
    for (const QString &entry : all) {
        QFile file(QStringLiteral("/proc/%1/cmdline").arg(entry));
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(m_folder.path().toUtf8()))
            ++found;
    }
    return found;
}

void E2eSample::loadsAndAnswers()
{
    QProcess script;
    const QByteArray said = start(script);
    QVERIFY2(isUp(said), said.constData());
    QVERIFY(said.contains("Loading 3,000"));
    QVERIFY2(said.contains("{\"hits\":[{\"name\":\""), said.constData());

    const PlainHttp client = clientOf(said);
    QCOMPARE(client.send("GET", "/health").body, QByteArray("{\"status\":\"available\"}"));
    const auto added = client.send("POST", "/indexes/movies/documents",
        R"([{"id":1,"title":"Inception"},{"id":2,"title":"Interstellar"}])");
    QCOMPARE(added.status, 202);
    QVERIFY(QTest::qWaitFor([&] {
        return client.send("GET", "/tasks/" + added.member("taskUid")).text("status") == "succeeded";
    }, 60'000));
    const auto found = client.send("POST", "/indexes/movies/search", R"({"q":"inception"})");
    const QByteArray hits = R"("hits":[{"id":1,"title":"Inception"}])";
    QVERIFY2(found.body.contains(hits), found.body.constData());
    interrupt(script);
}

void E2eSample::startsAgainWithoutLoading()
{
    QProcess script;
    const QByteArray said = start(script);
    QVERIFY2(isUp(said), said.constData());
    QVERIFY(!said.contains("Loading"));
    QCOMPARE(clientOf(said).send("GET", "/indexes/packages/stats").member("numberOfDocuments"), QByteArray("3000"));
    interrupt(script);
}

QTEST_GUILESS_MAIN(E2eSample)
#include "tst_e2e_sample.moc"
