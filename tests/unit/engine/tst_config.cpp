// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Config.h"
#include "ConfigYaml.h"
#include "base/Bytes.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <random>

using namespace miroir;

namespace {

const QByteArray twoNodes = "master_key: 0123456789abcdef\n"
                            "node_master_key: fedcba9876543210\n"
                            "nodes:\n"
                            "  - {id: a, address: http://10.0.0.1:7700}\n"
                            "  - {id: b, address: http://10.0.0.2:7700}\n";

LoadedConfig load(const QByteArray &text, std::map<std::string, std::string> environment = {},
    std::vector<std::pair<std::string, std::string>> flags = {})
{
    ConfigSources sources;
    sources.file = QStringLiteral("m.yaml");
    sources.text = text;
    sources.environment = std::move(environment);
    sources.flags = std::move(flags);
    return loadConfig(sources);
}

QString texts(const LoadedConfig &loaded)
{
    QStringList all;
    for (const ConfigProblem &problem : loaded.problems)
        all.append(toQString(problem.text()));
    return all.join(QLatin1Char('\n'));
}

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A row of the table in docs/configuration.md.
QString docRow(const ConfigKey &key)
{
    const std::string environment = key.environmentName();
    return QStringLiteral("| `%1` | %2 | %3 | %4 | %5 |")
        .arg(toQString(key.name), toQString(key.typeText()), toQString(key.defaultText),
            environment.empty() ? QStringLiteral("-")
                                : QLatin1Char('`') + toQString(environment) + QLatin1Char('`'),
            toQString(key.meaning));
}

} // namespace

class TestConfig : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void defaults()
    {
        const LoadedConfig loaded = load(twoNodes);
        QVERIFY2(loaded.ok() && loaded.problems.empty(), qPrintable(texts(loaded)));
        const Config &config = loaded.config;
        QCOMPARE(config.env, Environment::Development);
        QCOMPARE(config.replicationFactor, 2);
        QCOMPARE(config.server.port, 7700);
        QCOMPARE(config.nodes.size(), std::size_t(2));
        QCOMPARE(config.nodes[1].id, std::string("b"));
        QCOMPARE(config.nodes[1].address, QUrl(QStringLiteral("http://10.0.0.2:7700")));
        QCOMPARE(config.nodes[1].weight, 1.0);
        QCOMPARE(config.storePath(), QStringLiteral("miroir-data/store/miroir.sqlite"));
        QCOMPARE(config.localClusterDir(), QStringLiteral("miroir-data/nodes"));
        QVERIFY(config.frontThreads() >= 1 && config.frontThreads() <= 8);
        QVERIFY(checkConfigText(loaded).ends_with("the configuration is good\n"));
    }

    void everyKey()
    {
        const LoadedConfig loaded = load(
            "env: production\n"
            "data_dir: /var/lib/miroir\n"
            "master_key: \"0123456789abcdef\"\n"
            "node_master_key: 1234567890123456\n"
            "replication_factor: 3\n"
            "allowed_ip_networks: 10.0.0.0/8, ::1\n"
            "nodes:\n"
            "  - id: n.1_a-b\n"
            "    address: https://one.example/\n"
            "    zone: east\n"
            "    weight: 2.5\n"
            "  - {id: two, address: \"http://[::1]:7701\", replica_group: 2}\n"
            "  - {id: three, address: http://three:7700, zone: \"3\", weight: 1}\n"
            "task_store: {backend: sqlite, path: /db}\n"
            "admin: {enabled: false, api_key: adminadminadmin1}\n"
            "health: {interval_ms: 100, timeout_ms: 200, unhealthy_threshold: 3, "
            "recovery_threshold: 4}\n"
            "scatter: {node_timeout_ms: 300, retry_on_timeout: false, unavailable_shard_policy: "
            "partial}\n"
            "write: {log_max_bytes: 2000000, log_max_hours: 2}\n"
            "server: {bind: 0.0.0.0, port: 0, threads: 4, max_body_bytes: 2048, max_connections: "
            "10}\n"
            "local_cluster: {nodes: 0, node_program: /bin/x, restart: false, data_dir: /n}\n");
        QVERIFY2(loaded.problems.empty(), qPrintable(texts(loaded)));
        const Config &c = loaded.config;
        QCOMPARE(c.env, Environment::Production);
        QCOMPARE(c.dataDir, QStringLiteral("/var/lib/miroir"));
        QCOMPARE(c.nodeMasterKey, QByteArray("1234567890123456"));
        QCOMPARE(c.nodes[0].address, QUrl(QStringLiteral("https://one.example")));
        QCOMPARE(c.allowedIpNetworks, std::string("10.0.0.0/8, ::1"));
        QCOMPARE(c.nodes[0].weight, 2.5);
        QCOMPARE(c.nodes[1].zone, std::string("2"));
        QCOMPARE(c.taskStore.path, QStringLiteral("/db"));
        QVERIFY(!c.admin.enabled);
        QCOMPARE(c.admin.apiKey, QByteArray("adminadminadmin1"));
        QCOMPARE(c.health.intervalMs, 100);
        QCOMPARE(c.health.timeoutMs, 200);
        QCOMPARE(c.health.unhealthyThreshold, 3);
        QCOMPARE(c.health.recoveryThreshold, 4);
        QCOMPARE(c.scatter.nodeTimeoutMs, 300);
        QVERIFY(!c.scatter.retryOnTimeout);
        QCOMPARE(c.scatter.unavailableShardPolicy, UnavailableShardPolicy::Partial);
        QCOMPARE(c.write.logMaxBytes, 2'000'000);
        QCOMPARE(c.write.logMaxHours, 2);
        QCOMPARE(c.server.bind, std::string("0.0.0.0"));
        QCOMPARE(c.server.port, 0);
        QCOMPARE(c.server.threads, 4);
        QCOMPARE(c.server.maxBodyBytes, 2048);
        QCOMPARE(c.server.maxConnections, 10);
        QCOMPARE(c.localCluster.nodeProgram, QStringLiteral("/bin/x"));
        QVERIFY(!c.localCluster.restart);
        QCOMPARE(c.localCluster.dataDir, QStringLiteral("/n"));
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected"); // begins one of the problem lines
        const auto row = [](const char *name, const QByteArray &text, const char *expected) {
            QTest::newRow(name) << text << QString::fromUtf8(expected);
        };
        row("near name", "replication_facter: 2\n",
            "m.yaml:1: replication_facter: expected a known key; did you mean "
            "\"replication_factor\"?");
        row("swapped letters", "server:\n  prot: 1\n",
            "m.yaml:2: server.prot: expected a known key; did you mean \"port\"?");
        row("wrong level", "port: 1\n",
            "m.yaml:1: port: expected a known key; did you mean \"server.port\"?");
        row("unknown", "quux: 1\n", "m.yaml:1: quux: expected a known key");
        row("unknown section", "rebalancer:\n  x: 1\n",
            "m.yaml:1: rebalancer: expected a known key");
        row("shards", "shards: 64\n",
            "m.yaml:1: shards: expected a known key; the number of shards is fixed");
        row("port text", "server: {port: http}\n",
            "m.yaml:1: server.port: expected a whole number from 0 to 65535, found \"http\"");
        row("port quoted", "server: {port: \"7700\"}\n",
            "m.yaml:1: server.port: expected a whole number from 0 to 65535 without quotes, found "
            "text");
        row("port range", "server:\n  port: 65536\n",
            "m.yaml:2: server.port: expected a whole number from 0 to 65535, found "
            "\"65536\"");
        row("port fraction", "server: {port: 1.5}\n",
            "m.yaml:1: server.port: expected a whole number");
        row("port huge", "server: {port: 99999999999999999999}\n",
            "m.yaml:1: server.port: expected a whole number");
        row("port list", "server: {port: [1]}\n",
            "m.yaml:1: server.port: expected a whole number from 0 to 65535, found a list");
        row("port nothing", "server: {port: }\n",
            "m.yaml:1: server.port: expected a whole number from 0 to 65535, found nothing");
        row("bool", "admin: {enabled: yes}\n",
            "m.yaml:1: admin.enabled: expected true or false, found \"yes\"");
        row("choice", "env: prod\n",
            "m.yaml:1: env: expected development or production, found \"prod\"");
        row("section text", "server: 7700\n",
            "m.yaml:1: server: expected a group of keys, found a single value");
        row("secret list", "master_key: [a]\n",
            "m.yaml:1: master_key: expected secret text, found a list");
        row("secret space", "master_key: \"a b\"\n",
            "m.yaml:1: master_key: expected a key of 1 to 4096 characters");
        row("bind", "server: {bind: here}\n",
            "m.yaml:1: server.bind: expected an IP address or localhost, found \"here\"");
        row("twice", "env: production\nserver: {port: 1}\nenv: development\n",
            "m.yaml:3: env: expected each key once, found it before on line 1");
        row("anchor", "data_dir: &x /a\n",
            "m.yaml:1: data_dir: expected the value itself: anchors");
        row("alias", "data_dir: &x /a\nmaster_key: *x\n",
            "m.yaml:2: master_key: expected the value itself: anchors");
        row("tag", "server: {port: !!int 1}\n",
            "m.yaml:1: server.port: expected a value without a tag (!)");
        row("second document", "env: development\n---\nenv: production\n",
            "m.yaml:3: expected one document, found a second one");
        row("no map", "- a\n", "m.yaml:1: expected keys with values, found a list");
        row("broken", "env: [\n", "m.yaml:2: expected valid YAML: ");
        row("tab", "server:\n\tport: 1\n", "m.yaml:2: expected valid YAML: ");
        row("not UTF-8", "env: \xff\n", "m.yaml: expected UTF-8 text");
        row("deep", QByteArray(100, '['), "m.yaml:1: expected at most 32 levels");
        row("list as key", "? [a]\n: b\n",
            "m.yaml:1: expected a name before the colon, found a list");
        row("nodes text", "nodes: a\n",
            "m.yaml:1: nodes: expected a list of nodes, found a single value");
        row("node text", "nodes: [a]\n",
            "m.yaml:1: nodes[0]: expected id and address, found a single value");
        row("node key", "nodes: [{id: a, adress: b}]\n",
            "m.yaml:1: nodes[0].adress: expected one of id, address, zone, weight; did you mean "
            "\"address\"?");
        row("node without address", "nodes:\n  - id: a\n",
            "m.yaml:2: nodes[0].address: expected a value, found nothing");
        row("node id", "nodes:\n  - id: a b\n    address: http://x:1\n",
            "m.yaml:2: nodes[0].id: expected 1 to 64 characters of A-Z a-z 0-9 . _ -, found \"a "
            "b\"");
        row("no scheme", "nodes:\n  - id: a\n    address: 10.0.0.1:7700\n",
            "m.yaml:3: nodes[0].address: expected http://host:port, found \"10.0.0.1:7700\"; did "
            "you mean "
            "\"http://10.0.0.1:7700\"?");
        row("path", "nodes: [{id: a, address: http://x:1/y}]\n",
            "m.yaml:1: nodes[0].address: expected http://host:port, found");
        row("password", "nodes: [{id: a, address: \"http://u:topsecret@x:1\"}]\n",
            "m.yaml:1: nodes[0].address: expected http://host:port without user name and password");
        row("weight", "nodes: [{id: a, address: http://x:1, weight: 0}]\n",
            "m.yaml:1: nodes[0].weight: expected a number from 0.01 to 100, found \"0\"");
        row("weight list", "nodes: [{id: a, address: http://x:1, weight: [1]}]\n",
            "m.yaml:1: nodes[0].weight: expected a single value, found a list");
        row("zone twice", "nodes: [{id: a, address: http://x:1, zone: a, replica_group: b}]\n",
            "m.yaml:1: nodes[0].replica_group: expected either zone or replica_group, found both");
        row("same id", "nodes:\n- {id: a, address: http://x:1}\n- {id: a, address: http://y:1}\n",
            "m.yaml:3: nodes[1].id: expected an id of its own, found that of nodes[0] (m.yaml:2)");
        row("same address",
            "nodes:\n- {id: a, address: http://localhost:1}\n- {id: b, address: "
            "http://127.0.0.1:1/}\n",
            "m.yaml:3: nodes[1].address: expected an address of its own, found that of nodes[0] "
            "(m.yaml:2)");
        row("own address", "nodes:\n- {id: a, address: http://localhost:7700}\n",
            "m.yaml:2: nodes[0].address: expected the address of a node, found that of this "
            "program itself");
        row("no nodes", "env: development\n",
            "nodes: expected at least one node, or local_cluster.nodes");
        row("empty nodes", "nodes: []\n", "m.yaml:1: nodes: expected at least one node");
        row("both kinds", twoNodes + "local_cluster: {nodes: 3}\n",
            "m.yaml:6: local_cluster.nodes: expected either nodes or a local cluster, found both");
        row("replication", twoNodes + "replication_factor: 3\n",
            "m.yaml:6: replication_factor: expected at most the number of nodes, found 3 with 2 "
            "nodes");
        row("default replication", "nodes: [{id: a, address: http://x:1}]\n",
            "m.yaml:1: replication_factor: expected at least 2 nodes for the default of 2, found 1 "
            "node; add nodes or set it "
            "to 1");
        row("local replication", "local_cluster: {nodes: 1}\n",
            "m.yaml:1: replication_factor: expected at least 2 nodes for the default of 2, found 1 "
            "node");
        row("short key", twoNodes + "env: production\n" + QByteArray("admin: {api_key: short}\n"),
            "m.yaml:7: admin.api_key: expected at least 16 bytes in production, found 5");
        row("no key", "env: production\nlocal_cluster: {nodes: 3}\n",
            "master_key: expected a key in production, found none");
        row("no node key",
            "env: production\nmaster_key: 0123456789abcdef\nreplication_factor: 1\n"
            "nodes: [{id: a, address: http://x:1}]\n",
            "node_master_key: expected the master key of the nodes in production, found none");
    }
    void refused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        const LoadedConfig loaded = load(text);
        QVERIFY(!loaded.ok());
        const QString all = texts(loaded);
        QVERIFY2((QLatin1Char('\n') + all).contains(QLatin1Char('\n') + expected), qPrintable(all));
        QVERIFY(!all.contains(QStringLiteral("topsecret")));
        QVERIFY(
            checkConfigText(loaded).find("the configuration is refused: ") != std::string::npos);
    }

    void allProblemsAtOnce()
    {
        const LoadedConfig loaded
            = load("envv: x\nserver: {port: -1, bind: here}\nhealth: {interval_ms: a}\n"
                   "nodes: [{id: a}]\n",
                {{"MIROIR_SERVER_THREADS", "many"}}, {{"admin.enabled", "maybe"}});
        const QString all = texts(loaded);
        for (const char *part : {"m.yaml:1: envv", "m.yaml:2: server.port", "m.yaml:2: server.bind",
                 "m.yaml:3: health.interval_ms", "m.yaml:4: nodes[0].address",
                 "environment MIROIR_SERVER_THREADS: server.threads: expected",
                 "flag --admin-enabled: admin.enabled: expected true or false",
                 "replication_factor"})
            QVERIFY2(all.contains(QLatin1String(part)), qPrintable(all));
    }

    void warnings()
    {
        LoadedConfig loaded
            = load("replication_factor: 1\nnodes: [{id: a, address: http://x:1}]\n");
        QVERIFY2(loaded.ok(), qPrintable(texts(loaded)));
        QVERIFY(texts(loaded).contains(QStringLiteral("master_key: warning: no key is set")));
        QVERIFY(texts(loaded).contains(QStringLiteral("node_master_key: warning: no key is set")));
        loaded = load("master_key: dev-key\nlocal_cluster: {nodes: 3}\n");
        QVERIFY2(loaded.ok(), qPrintable(texts(loaded)));
        QCOMPARE(texts(loaded),
            QStringLiteral("m.yaml:1: master_key: warning: expected at least 16 bytes, found 7"));
        QCOMPARE(checkConfigText(loaded),
            texts(loaded).toStdString() + "\nthe configuration is good, 1 warning\n");
        loaded = load(twoNodes, {{"MIROIR_MASTER_KEI", "x"}, {"MIROIR_SERVICE_HOST", "10.0.0.1"}});
        QVERIFY(loaded.ok());
        QCOMPARE(texts(loaded),
            QStringLiteral(
                "environment MIROIR_MASTER_KEI: warning: this name is not known; did you mean "
                "\"MIROIR_MASTER_KEY\"?"));
    }

    void precedence()
    {
        const QByteArray file = twoNodes + "server: {port: 1, threads: 1, max_connections: 1}\n";
        const LoadedConfig loaded = load(file,
            {{"MIROIR_SERVER_PORT", "2"}, {"MIROIR_SERVER_THREADS", "2"}, {"MIROIR_ENV", ""},
                {"MIROIR_NODES", "x=http://x:1,y=https://y:2"}},
            {{"server.port", "3"}});
        QVERIFY2(loaded.ok(), qPrintable(texts(loaded)));
        QCOMPARE(loaded.config.server.port, 3);
        QCOMPARE(loaded.config.server.threads, 2);
        QCOMPARE(loaded.config.server.maxConnections, 1);
        QCOMPARE(loaded.config.nodes.size(), std::size_t(2));
        QCOMPARE(loaded.config.nodes[1].address, QUrl(QStringLiteral("https://y:2")));
        const LoadedConfig bad
            = load({}, {{"MIROIR_NODES", "http://x:1,b=nowhere,b=http://z:1,b=http://q:1"}});
        const QString all = texts(bad);
        QVERIFY(all.contains(
            QStringLiteral("environment MIROIR_NODES: nodes[0]: expected id=http://host:port")));
        QVERIFY(all.contains(QStringLiteral(
            "environment MIROIR_NODES: nodes[1]: expected http://host:port, found \"nowhere\"")));
        QVERIFY(all.contains(QStringLiteral("nodes[3].id: expected an id of its own")));
    }

    void secretsFromFiles()
    {
        QTemporaryDir dir;
        const std::string path = dir.filePath(QStringLiteral("key")).toStdString();
        QFile file(toQString(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("from-a-file-0123456789\r\n");
        file.close();
        LoadedConfig loaded = load(twoNodes + "admin: {api_key_file: " + toBytes(path) + "}\n",
            {{"MIROIR_MASTER_KEY_FILE", path}}, {{"node_master_key_file", path}});
        QVERIFY2(loaded.ok(), qPrintable(texts(loaded)));
        QCOMPARE(loaded.config.masterKey, QByteArray("from-a-file-0123456789"));
        QCOMPARE(loaded.config.nodeMasterKey, QByteArray("from-a-file-0123456789"));
        QCOMPARE(loaded.config.admin.apiKey, QByteArray("from-a-file-0123456789"));
        // A later level wins, the same level must choose.
        loaded = load(
            twoNodes, {{"MIROIR_MASTER_KEY_FILE", path}}, {{"master_key", "flag-flag-flag-flag"}});
        QCOMPARE(loaded.config.masterKey, QByteArray("flag-flag-flag-flag"));
        loaded = load(twoNodes + "master_key_file: " + toBytes(path) + "\n");
        QVERIFY(texts(loaded).contains(QStringLiteral(
            "m.yaml:6: master_key_file: expected either this key or master_key, found")));
        loaded = load(twoNodes, {{"MIROIR_MASTER_KEY_FILE", path + "-gone"}});
        QVERIFY(texts(loaded).startsWith(
            QStringLiteral("environment MIROIR_MASTER_KEY_FILE: master_key_file: expected a "
                           "readable file, but ")));
        QFile::resize(toQString(path), 0);
        loaded = load(twoNodes, {{"MIROIR_MASTER_KEY_FILE", path}});
        QVERIFY(texts(loaded).contains(QStringLiteral("expected a key of 1 to 4096 characters")));
    }

    void missingFile()
    {
        ConfigSources sources;
        sources.file = QStringLiteral("/nowhere/m.yaml");
        QVERIFY(texts(loadConfig(sources))
                    .startsWith(QStringLiteral("/nowhere/m.yaml: expected a readable file: ")));
        sources.file.clear();
        sources.environment["MIROIR_CONFIG"] = "/elsewhere/m.yaml";
        QVERIFY(texts(loadConfig(sources))
                    .startsWith(QStringLiteral("/elsewhere/m.yaml: expected a readable file: ")));
    }

    void noSecretIsPrinted()
    {
        const QByteArray secret = "TOPSECRET-TOPSECRET-1";
        const LoadedConfig loaded = load("master_key: " + secret + "\nnode_master_key: " + secret
            + "\nadmin: {api_key: " + secret + "}\nlocal_cluster: {nodes: 3}\n");
        QVERIFY(loaded.ok());
        const std::string text = describe(loaded.config);
        QVERIFY(text.find("TOPSECRET") == std::string::npos);
        QVERIFY(text.find("master_key: set, 21 bytes") != std::string::npos);
        // What is shown can be read again, line by line.
        QVERIFY(config::readYaml(text).problems.empty());
        for (const QByteArray &wrong :
            {QByteArray("master_key: {a: TOPSECRET}\n"), QByteArray("master_key: \"TOPSECRET \"\n"),
                QByteArray("master_key: TOPSECRET\nmaster_key: TOPSECRET\n"),
                QByteArray("master_key: [TOPSECRET\n"), QByteArray("master_key: &a TOPSECRET\n")})
            QVERIFY2(!texts(load(wrong)).contains(QStringLiteral("TOPSECRET")),
                qPrintable(texts(load(wrong))));
        QVERIFY(!texts(load(twoNodes, {{"MIROIR_MASTER_KEY", "TOP SECRET"}}))
                     .contains(QStringLiteral("TOP SECRET")));
    }

    void arguments()
    {
        QStringList arguments {QStringLiteral("--daemon"), QStringLiteral("--config"),
            QStringLiteral("c.yaml"), QStringLiteral("--server-port=1"), QStringLiteral("--port"),
            QStringLiteral("2"), QStringLiteral("--local-cluster-restart"), QStringLiteral("false"),
            QStringLiteral("rest")};
        ConfigSources sources;
        QVERIFY(takeConfigArguments(arguments, sources).ok());
        QCOMPARE(arguments, (QStringList {QStringLiteral("--daemon"), QStringLiteral("rest")}));
        QCOMPARE(sources.file, QStringLiteral("c.yaml"));
        QCOMPARE(sources.flags.size(), std::size_t(3));
        QCOMPARE(sources.flags[1].first, std::string("server.port"));
        QCOMPARE(sources.flags[1].second, std::string("2"));
        QStringList cut {QStringLiteral("--master-key")};
        QCOMPARE(takeConfigArguments(cut, sources).error().message,
            std::string("flag --master-key: expected a value after it"));
    }

    void environmentOfTheProcess()
    {
        qputenv("MIROIR_TEST_VALUE", "a=b");
        const auto environment = ConfigSources::processEnvironment();
        QCOMPARE(environment.at("MIROIR_TEST_VALUE"), std::string("a=b"));
        QVERIFY(!environment.contains("PATH"));
        qunsetenv("MIROIR_TEST_VALUE");
    }

    void keptSecrets()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("new/node.key"));
        const auto made = keptSecret(path);
        QVERIFY(made.ok());
        QCOMPARE(made->size(), 32);
        QCOMPARE(*keptSecret(path), *made);
        QVERIFY(*keptSecret(dir.filePath(QStringLiteral("other"))) != *made);
        const QFile::Permissions others
            = QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther;
        QVERIFY((QFile::permissions(path) & others) == 0);
        QVERIFY(QFile::resize(path, 0));
        QVERIFY(!keptSecret(path).ok());
    }

    void documentation()
    {
        const QString doc = QString::fromUtf8(
            readAll(QStringLiteral(MIROIR_SOURCE_DIR "/docs/configuration.md")));
        QStringList missing;
        for (const ConfigKey &key : configSchema()) {
            if (!doc.contains(QLatin1Char('\n') + docRow(key) + QLatin1Char('\n')))
                missing.append(docRow(key));
        }
        QVERIFY2(missing.isEmpty(),
            qPrintable(
                QStringLiteral("rows to be in docs/configuration.md:\n") + missing.join(u'\n')));
    }

    void example()
    {
        ConfigSources sources;
        sources.file = QStringLiteral(MIROIR_SOURCE_DIR "/resources/miroir.example.yaml");
        const LoadedConfig loaded = loadConfig(sources);
        QVERIFY2(loaded.ok(), qPrintable(texts(loaded)));
        const QByteArray text = readAll(sources.file);
        for (const ConfigKey &key : configSchema()) {
            const std::string_view name = key.name.substr(key.name.rfind('.') + 1);
            QVERIFY2(text.contains(toBytes(name) + ':'), std::string(key.name).c_str());
        }
    }

    void mutatedFilesNeverCrash()
    {
        const unsigned seed = std::random_device {}();
        std::mt19937 random(seed);
        const QByteArray base
            = readAll(QStringLiteral(MIROIR_SOURCE_DIR "/resources/miroir.example.yaml"));
        const QByteArray marks = "[]{}:,&*!|>-\"'#\n\t ?";
        for (int round = 0; round < 400; ++round) {
            QByteArray text = base;
            for (int change = 0; change < 4; ++change) {
                const auto at
                    = static_cast<qsizetype>(random() % static_cast<unsigned>(text.size()));
                if (random() % 3 == 0)
                    text.remove(at, static_cast<qsizetype>(random() % 20));
                else
                    text.insert(at,
                        marks[static_cast<qsizetype>(
                            random() % static_cast<unsigned>(marks.size()))]);
            }
            const LoadedConfig loaded = load(text);
            QVERIFY2(loaded.ok() || !loaded.problems.empty(), qPrintable(QString::number(seed)));
        }
    }
};

QTEST_GUILESS_MAIN(TestConfig)
#include "tst_config.moc"
