// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/WorkClock.h"

#include <QTest>

using miroir::read::WayTime;

/// What counts as work in `processingTimeMs`, and what as the way to the nodes.
class WorkClockTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theWayIsWhatTheNodeDoesNotCount();
    void waitingForTwoCountsOnce();
    void nodesThatClaimMoreThanPassed();
};

void WorkClockTest::theWayIsWhatTheNodeDoesNotCount()
{
    WayTime ways;
    ways.add(100, 600, 300);
    QCOMPARE(ways.ns(), std::int64_t {200});
    ways.add(700, 800, 0); // work of the orchestrator from 600 to 700
    QCOMPARE(ways.ns(), std::int64_t {300});
}

void WorkClockTest::waitingForTwoCountsOnce()
{
    WayTime ways;
    ways.add(0, 500, 100);
    ways.add(0, 600, 200); // from 200 to 500 it was waited for both
    QCOMPARE(ways.ns(), std::int64_t {500});
    ways.add(300, 650, 340); // a node worked until 640
    QCOMPARE(ways.ns(), std::int64_t {510});
}

void WorkClockTest::nodesThatClaimMoreThanPassed()
{
    WayTime ways;
    ways.add(0, 100, 5000);
    QCOMPARE(ways.ns(), std::int64_t {0});
}

QTEST_APPLESS_MAIN(WorkClockTest)
#include "tst_work_clock.moc"
