// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/LogHub.h"

#include <QTest>
#include <QThread>

#include <memory>

using namespace miroir;

Q_LOGGING_CATEGORY(pipes, "miroir.pipes", QtInfoMsg)
Q_LOGGING_CATEGORY(other, "miroir.other", QtInfoMsg)

class LogTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanup();
    void targets_data();
    void targets();
    void targetsAreRefused_data();
    void targetsAreRefused();
    void aTapHasWhatItWants();
    void oneTapAtATime();
    void stderrByTargets();
    void aReaderThatIsTooSlow();
    void manyThreads();
    void wakesItsThread();
};

namespace {

QByteArrayList shown; // what would be on standard error

void show(QtMsgType, const QMessageLogContext &, const QString &message) { shown.append(message.toUtf8()); }

LogTargets parsed(std::string_view text) { return *LogTargets::parse(text); }

/// Stands in for standard error while the hub is made.
LogHub &hub()
{
    static LogHub *const made = [] {
        const QtMessageHandler before = qInstallMessageHandler(show);
        LogHub *const instance = &LogHub::instance();
        Q_UNUSED(before);
        return instance;
    }();
    return *made;
}

} // namespace

void LogTest::cleanup() { hub().close(); } // whatever a test has left

void LogTest::targets_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("enabled"); ///< levels at which lines of miroir.pipes pass
    const auto row = [](const char *text, const char *enabled) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(enabled);
    };
    row("info", "ERROR WARN INFO");
    row("OFF", "");
    row("3", "ERROR WARN INFO");
    row("+2", "ERROR WARN");
    row("trace", "ERROR WARN INFO DEBUG TRACE");
    row("miroir.pipes", "ERROR WARN INFO DEBUG TRACE");
    row("miroir.pipes=", "ERROR");
    row("other", "");
    row("other,warn", "ERROR WARN");
    row("miroir=debug,miroir.pipes=warn,trace", "ERROR WARN");
    row("miroir.pipes=warn,miroir.pipes=debug", "ERROR WARN INFO DEBUG");
    row("miroir[{message}]=info", "ERROR WARN INFO");
    row("miroir[{uid}]=info", "");
    row("miroir[{uid}]=info,error", "ERROR");
    row("=info", "ERROR WARN INFO");
    row(",", "ERROR");
    row("6", "");
}

void LogTest::targets()
{
    QFETCH(const QByteArray, text);
    const auto wanted = LogTargets::parse(text.toStdString());
    QVERIFY(wanted.ok());
    QByteArrayList enabled;
    for (const LogLevel level : {LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace}) {
        if (wanted->enabled("miroir.pipes", level))
            enabled.append(logLevelName(level));
    }
    QTEST(enabled.join(' '), "enabled");
}

void LogTest::targetsAreRefused_data()
{
    QTest::addColumn<QByteArray>("why");
    const QByteArray level = "error parsing level filter: expected one of \"off\", \"error\", \"warn\", \"info\", "
                             "\"debug\", \"trace\", or a number 0-5";
    QTest::newRow("==") << QByteArray("invalid filter directive: too many '=' in filter directive, expected 0 or 1");
    QTest::newRow("a[{b[{c=info")
        << QByteArray("invalid filter directive: too many '[{' in filter directive, expected 0 or 1");
    QTest::newRow("a[{b=info") << QByteArray("invalid filter directive: expected fields list to end with '}]'");
    QTest::newRow("a=nothing") << level;
    QTest::newRow("info,a=6") << level;
}

void LogTest::targetsAreRefused()
{
    const auto wanted = LogTargets::parse(QTest::currentDataTag());
    QVERIFY(!wanted);
    QTEST(QByteArray::fromStdString(wanted.error()), "why");
}

void LogTest::aTapHasWhatItWants()
{
    const auto tap = hub().open(parsed("miroir.pipes=debug"), LogTap::Form::Human);
    QVERIFY(tap != nullptr);
    shown.clear();
    qCDebug(pipes, "small");
    qCInfo(other, "not wanted");
    qCWarning(pipes, "large");
    const QByteArray lines = tap->take().lines;
    QVERIFY2(lines.contains("Z DEBUG miroir.pipes: small\n"), lines);
    QVERIFY2(lines.contains("Z  WARN miroir.pipes: large\n"), lines);
    QCOMPARE(lines.count('\n'), 2);
    QCOMPARE(shown, (QByteArrayList {"not wanted", "large"})); // as without a tap
    hub().close();
    QVERIFY(tap->take().ended);
    qCWarning(pipes, "later");
    QVERIFY(tap->take().lines.isEmpty());
    QVERIFY(!pipes().isDebugEnabled()); // nobody is interested any more
}

void LogTest::oneTapAtATime()
{
    const auto tap = hub().open(parsed("info"), LogTap::Form::Json);
    QVERIFY(hub().open(parsed("info"), LogTap::Form::Human) == nullptr);
    qCInfo(pipes, "a \"quoted\" line\nof two");
    const QByteArray lines = tap->take().lines;
    const QByteArray end = R"("fields":{"message":"a \"quoted\" line\nof two"},"target":"miroir.pipes"})";
    QVERIFY2(lines.contains("Z\",\"level\":\"INFO\",") && lines.endsWith(end + '\n'), lines);
    hub().close(tap);
    const auto next = hub().open(parsed("off"), LogTap::Form::Human);
    QVERIFY(next != nullptr);
    hub().close(tap); // that one is not there any more
    QVERIFY(hub().open(parsed("info"), LogTap::Form::Human) == nullptr);
    hub().close();
}

void LogTest::stderrByTargets()
{
    hub().setStderr(parsed("miroir.pipes=debug,off"));
    shown.clear();
    qCDebug(pipes, "a");
    qCWarning(other, "b");
    qWarning("not ours"); // goes where it went
    QCOMPARE(shown, (QByteArrayList {"a", "not ours"}));
    hub().setStderr(parsed("info"));
    shown.clear();
    qCDebug(pipes, "a");
    qCInfo(other, "b");
    QCOMPARE(shown, QByteArrayList {"b"});
}

void LogTest::aReaderThatIsTooSlow()
{
    const auto tap = hub().open(parsed("info"), LogTap::Form::Human);
    const QByteArray text(1000, 'x');
    for (int i = 0; i < 1000; ++i)
        tap->add("miroir.pipes", LogLevel::Info, QString::fromLatin1(text));
    const QByteArray lines = tap->take().lines;
    QVERIFY(lines.size() < static_cast<qsizetype>(LogTap::queueBytes) + 200);
    const auto kept = lines.count('\n') - 1;
    QVERIFY2(lines.contains(' ' + QByteArray::number(1000 - kept) + " lines are left out here"), lines.right(100));
    hub().close();
}

void LogTest::manyThreads()
{
    const auto tap = hub().open(parsed("miroir.pipes=debug"), LogTap::Form::Human);
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(QThread::create([] {
            for (int k = 0; k < 500; ++k)
                qCDebug(pipes, "line");
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait(30'000));
    QCOMPARE(tap->take().lines.count("miroir.pipes: line\n"), 2000);
    hub().close();
}

void LogTest::wakesItsThread()
{
    const auto tap = hub().open(parsed("info"), LogTap::Form::Human);
    int woken = 0;
    {
        QObject context;
        tap->attach(&context, [&woken] { ++woken; });
        tap->add("a", LogLevel::Info, QStringLiteral("1"));
        tap->add("a", LogLevel::Info, QStringLiteral("2"));
        QTRY_COMPARE(woken, 1); // once for all that is there
        QCOMPARE(tap->take().lines.count('\n'), 2);
        tap->add("a", LogLevel::Info, QStringLiteral("3"));
        QTRY_COMPARE(woken, 2);
        tap->attach(nullptr, {});
    }
    static_cast<void>(tap->take());
    tap->add("a", LogLevel::Info, QStringLiteral("4")); // nobody is there
    hub().close();
    QCOMPARE(woken, 2);
}

QTEST_GUILESS_MAIN(LogTest)
#include "tst_log.moc"
