// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/DaemonProcess.h"

#include <QTcpServer>

using namespace miroir;
using test::DaemonProcess;

/// What the programs say on the command line, and with which exit code.
class E2ePrograms : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void ctlAnswers_data();
    void ctlAnswers();
    void ctlShowsTheCluster();
    void ctlRefuses_data();
    void ctlRefuses();
    void ctlTellsAnUnavailableCluster();
    void configurationIsChecked_data();
    void configurationIsChecked();
    void secretsComeFromFiles();

private:
    struct Run {
        int code = -1;
        QByteArray out, err;
    };
    [[nodiscard]] Run run(const char *program, const QStringList &arguments,
        const QMap<QString, QString> &environment = {}) const;
    [[nodiscard]] QString write(const QString &name, const QByteArray &text) const;
    QTemporaryDir m_folder;
    DaemonProcess m_daemon;
};

E2ePrograms::Run E2ePrograms::run(
    const char *program, const QStringList &arguments, const QMap<QString, QString> &environment) const
{
    QProcess process;
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const QString &name : variables.keys()) {
        if (name.startsWith(QStringLiteral("MIROIR_")))
            variables.remove(name);
    }
    for (auto it = environment.begin(); it != environment.end(); ++it)
        variables.insert(it.key(), it.value());
    process.setProcessEnvironment(variables);
    process.setWorkingDirectory(m_folder.path());
    process.start(DaemonProcess::program(program), arguments);
    if (!process.waitForFinished(20'000))
        return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
        process.readAllStandardError()};
}

QString E2ePrograms::write(const QString &name, const QByteArray &text) const
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        return {};
    return file.fileName();
}

void E2ePrograms::initTestCase()
{
    QVERIFY(m_daemon.start({QStringLiteral("--local-cluster-nodes"), QStringLiteral("1"),
        QStringLiteral("--replication-factor"), QStringLiteral("1"), QStringLiteral("--local-cluster-restart"),
        QStringLiteral("false")}));
    QCOMPARE(m_daemon.statusOf(m_daemon.http().send("POST", "/indexes/films/documents", R"([{"id":1,"t":"x"}])")),
        QByteArray("succeeded"));
}

void E2ePrograms::ctlAnswers_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QByteArray>("human");
    QTest::addColumn<QByteArray>("member");
    const auto row = [](const char *command, const char *human, const char *member) {
        QTest::newRow(command) << QString::fromLatin1(command) << QByteArray(human) << QByteArray(member);
    };
    row("status", "Healthy", "state");
    row("nodes", "node-1", "nodes");
    row("indexes", "films", "indexes");
    row("tasks", "documentAdditionOrUpdate", "tasks");
}

void E2ePrograms::ctlAnswers()
{
    QFETCH(QString, command);
    QFETCH(QByteArray, human);
    QFETCH(QByteArray, member);
    const Run text = run("miroir-ctl", {QStringLiteral("--data-dir"), m_daemon.folder(), command});
    QCOMPARE(text.code, 0);
    QVERIFY2(text.out.contains(human), text.out.constData());
    QVERIFY(text.out.endsWith('\n') && text.err.isEmpty());
    const Run raw
        = run("miroir-ctl", {command, QStringLiteral("--json"), QStringLiteral("--data-dir"), m_daemon.folder()});
    QCOMPARE(raw.code, 0);
    const auto parsed = json::Document::parse(raw.out.trimmed());
    QVERIFY(parsed && parsed->root()[member.toStdString()].exists());
    // the environment names the folder as well
    const Run named = run("miroir-ctl", {command}, {{QStringLiteral("MIROIR_DATA_DIR"), m_daemon.folder()}});
    QCOMPARE(named.code, 0);
}

void E2ePrograms::ctlShowsTheCluster()
{
    const Run nodes = run("miroir-ctl", {QStringLiteral("--data-dir"), m_daemon.folder(), QStringLiteral("nodes")});
    const QByteArrayList lines = nodes.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 2);
    QVERIFY2(lines[0].startsWith("NODE ") && lines[1].contains("serving"), nodes.out.constData());
    QVERIFY2(lines[1].contains(QByteArray::number(m_daemon.nodes()["node-1"].pid)), nodes.out.constData());
    // columns stand below each other
    QCOMPARE(lines[1].indexOf("serving"), lines[0].indexOf("STATE"));
    const Run help = run("miroir-ctl", {QStringLiteral("--help")});
    QCOMPARE(help.code, 0);
    for (const char *command : {"status", "nodes", "indexes", "tasks"})
        QVERIFY(help.out.contains(command));
    QVERIFY(run("miroir-ctl", {QStringLiteral("--version")}).out.startsWith("miroir-ctl "));
}

void E2ePrograms::ctlRefuses_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char *name, const QStringList &arguments, int code, const char *says) {
        QTest::newRow(name) << arguments << code << QByteArray(says);
    };
    const QString here = m_daemon.folder();
    const QString url = QStringLiteral("http://localhost:%1").arg(m_daemon.port());
    QTcpServer closed;
    QVERIFY(closed.listen(QHostAddress::LocalHost, 0));
    const QString nobody = QStringLiteral("http://127.0.0.1:%1").arg(closed.serverPort());
    closed.close();
    const QString key = write(QStringLiteral("wrong.key"), "no key of theirs\n");
    const auto l = [](const char *text) { return QString::fromLatin1(text); };
    row("no command", {}, 2, "a command is needed");
    row("unknown command", {l("stats")}, 2, "unknown command 'stats'");
    row("unknown flag", {l("status"), l("--jsn")}, 2, "unknown argument '--jsn'");
    row("two commands", {l("status"), l("nodes")}, 2, "unknown argument 'nodes'");
    row("no value", {l("status"), l("--data-dir")}, 2, "--data-dir needs a value");
    row("no engine known", {l("status")}, 2, "no endpoint.json in miroir-data");
    row("not an address", {l("status"), l("--url"), l("localhost:7700")}, 2, "no http or https address");
    row("no key file", {l("status"), l("--url"), url, l("--key-file"), l("/nowhere/key")}, 2, "no key can be read");
    row("nobody there", {l("status"), l("--url"), nobody, l("--key-file"), key}, 3, "cannot reach");
    row("no key", {l("status"), l("--url"), url}, 4, "refuses the admin key");
    row("wrong key", {l("status"), l("--url"), url, l("--key-file"), key}, 4, "refuses the admin key");
    row("another server's path", {l("status"), l("--url"), url + l("/elsewhere"), l("--data-dir"), here}, 1, "404");
}

void E2ePrograms::ctlRefuses()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QByteArray, says);
    const Run refused = run("miroir-ctl", arguments);
    QCOMPARE(refused.code, code);
    QVERIFY2(refused.err.startsWith("miroir-ctl: ") && refused.err.contains(says), refused.err.constData());
    QCOMPARE(refused.err.count('\n'), 1);
    QVERIFY(refused.out.isEmpty());
}

void E2ePrograms::ctlTellsAnUnavailableCluster()
{
    ::kill(static_cast<pid_t>(m_daemon.nodes()["node-1"].pid), SIGKILL);
    QVERIFY(m_daemon.waitForState("unavailable")); // it is not started again, and the daemon goes on without it
    const Run status = run("miroir-ctl", {QStringLiteral("--data-dir"), m_daemon.folder(), QStringLiteral("status")});
    QCOMPARE(status.code, 1);
    QVERIFY2(status.out.startsWith("Unavailable: node-1 is down"), status.out.constData());
    const Run nodes = run("miroir-ctl", {QStringLiteral("--data-dir"), m_daemon.folder(), QStringLiteral("nodes")});
    QCOMPARE(nodes.code, 0);
    QVERIFY2(nodes.out.contains("down"), nodes.out.constData());
    QCOMPARE(m_daemon.http().send("POST", "/indexes/films/search", "{}").status, 503);
}

void E2ePrograms::configurationIsChecked_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArrayList>("says");
    const auto row = [](const char *name, const char *yaml, int code, const QByteArrayList &says) {
        QTest::newRow(name) << QByteArray(yaml) << code << says;
    };
    const char *good = "master_key: a-key-of-sixteen-bytes\nnode_master_key: another-key-of-16-bytes\n"
                       "nodes:\n  - id: a\n    address: http://10.0.0.1:7700\n"
                       "  - id: b\n    address: http://10.0.0.2:7700\n";
    row("good", good, 0, {});
    row("unknown key", "local_cluster:\n  nodes: 3\nserver:\n  prot: 80\n", 1,
        {":4: server.prot: ", "did you mean \"port\"?"});
    row("wrong type", "local_cluster:\n  nodes: three\n", 1, {":2: local_cluster.nodes: expected a whole number"});
    row("quoted number", "local_cluster:\n  nodes: \"3\"\n", 1, {":2: local_cluster.nodes: expected"});
    row("out of range", "local_cluster:\n  nodes: 3\nserver:\n  port: 70000\n", 1,
        {":4: server.port: expected", "65535"});
    row("key twice", "local_cluster:\n  nodes: 3\nenv: development\nenv: production\n", 1, {":4: env: ", "line 3"});
    row("id twice",
        "nodes:\n  - id: a\n    address: http://10.0.0.1:7700\n  - id: a\n    address: http://10.0.0.2:7700\n", 1,
        {":4: nodes[1].id: expected an id of its own"});
    row("address twice",
        "nodes:\n  - id: a\n    address: http://localhost:7701\n  - id: b\n    address: http://127.0.0.1:7701\n", 1,
        {":5: nodes[1].address: expected an address of its own"});
    row("impossible replication", "replication_factor: 4\nlocal_cluster:\n  nodes: 3\n", 1,
        {":1: replication_factor: ", "found 4 with 3 nodes"});
    row("default replication", "local_cluster:\n  nodes: 1\n", 1, {":2: replication_factor: "});
    row("short key in production", "env: production\nmaster_key: short\nlocal_cluster:\n  nodes: 3\n", 1,
        {":2: master_key: expected at least 16 bytes in production"});
    row("no key in production", "env: production\nlocal_cluster:\n  nodes: 3\n", 1, {"master_key: expected a key"});
    row("short key in development", "master_key: short\nlocal_cluster:\n  nodes: 3\n", 0, {"16 bytes"});
    row("no YAML", "nodes: [\n", 1, {"expected valid YAML"});
    row("no nodes", "env: development\n", 1, {"nodes: expected at least one node"});
}

void E2ePrograms::configurationIsChecked()
{
    QFETCH(QByteArray, yaml);
    QFETCH(int, code);
    QFETCH(QByteArrayList, says);
    const QString file = write(QStringLiteral("miroir.yaml"), yaml);
    const Run checked = run("miroir", {QStringLiteral("--check-config"), QStringLiteral("--config"), file});
    QCOMPARE(checked.code, code);
    for (const QByteArray &part : says)
        QVERIFY2(checked.out.contains(part), checked.out.constData());
    if (code == 0)
        return;
    // and it is not started with it either
    const Run started = run("miroir", {QStringLiteral("--daemon"), QStringLiteral("--config"), file});
    QCOMPARE(started.code, 1);
    for (const QByteArray &part : says)
        QVERIFY2(started.err.contains(part), started.err.constData());
    QVERIFY(!QFile::exists(m_folder.filePath(QStringLiteral("miroir-data"))));
}

void E2ePrograms::secretsComeFromFiles()
{
    const QString key = write(QStringLiteral("master.key"), "a-secret-of-sixteen-bytes\r\n");
    const QByteArray yaml = "env: production\nmaster_key_file: " + key.toUtf8() + "\nlocal_cluster:\n  nodes: 3\n";
    const QString file = write(QStringLiteral("secret.yaml"), yaml);
    const Run good = run("miroir", {QStringLiteral("--check-config"), QStringLiteral("--config"), file});
    QCOMPARE(good.code, 0);
    QVERIFY(!good.out.contains("a-secret-of"));
    QVERIFY(!write(QStringLiteral("master.key"), "short\n").isEmpty());
    const Run bad = run("miroir", {QStringLiteral("--check-config"), QStringLiteral("--config"), file});
    QCOMPARE(bad.code, 1);
    QVERIFY2(bad.out.contains("secret.yaml:2: ") && bad.out.contains("16 bytes"), bad.out.constData());
    QVERIFY(QFile::remove(key));
    const Run none = run("miroir", {QStringLiteral("--check-config"), QStringLiteral("--config"), file});
    QCOMPARE(none.code, 1);
    QVERIFY2(none.out.contains("secret.yaml:2: master_key_file: expected a readable file"), none.out.constData());
}

QTEST_GUILESS_MAIN(E2ePrograms)
#include "tst_e2e_programs.moc"
