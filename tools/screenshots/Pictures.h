// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "MainWindow.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QListView>
#include <QStringList>
#include <QTest>
#include <QTimer>

#include "support/FakeAdminServer.h"
#include "support/FakeSearch.h"

/// Drives the real window pane by pane, in both looks, and saves what it shows.
class Pictures
{
public:
    /// Only the named ones are saved; no names: all.
    Pictures(QString folder, QStringList wanted) : m_folder(std::move(folder)), m_wanted(std::move(wanted)) { }

    bool takeExample()
    {
        FakeAdminServer server;
        server.apiKey.clear();
        server.onSearch = FakeSearch::answer;
        server.settings = FakeSearch::settings();
        server.cluster.tasks = exampleTasks();
        // The address is in the pictures: the usual port, where it is free.
        if (!server.listen(7700) && !server.listen())
            return false;
        m_server = &server;
        // As an engine does; the window would take silence for a lost line.
        QTimer pings;
        pings.setInterval(3'000);
        QObject::connect(&pings, &QTimer::timeout, &pings, [&server] { server.ping(); });
        pings.start();
        return take({server.url(), server.adminKey, QStringLiteral("Local cluster"), true});
    }

    bool take(const miroir::ui::Host::Endpoint &endpoint)
    {
        using namespace miroir::ui;
        Theme &theme = Theme::instance();
        theme.choose(Theme::Choice::Light);
        theme.install();
        Canned host;
        MainWindow window(&host);
        window.resize(1280, 800);
        window.show();
        bothLooks(window, QStringLiteral("start"));
        window.connectTo(endpoint);
        const auto ready = [&] {
            return window.session()->isCurrent() && !window.session()->shards.shards().isEmpty()
                && !window.session()->tasks.tasks().isEmpty();
        };
        if (!QTest::qWaitFor(ready, 10'000))
            return false;
        bothLooks(window, QStringLiteral("cluster"));
        const QString node = window.session()->nodes.nodes().at(1).id;
        window.session()->selection.select(Subject::node(node));
        bothLooks(window, QStringLiteral("node"));
        window.session()->selection.select(Subject::shard(17));
        bothLooks(window, QStringLiteral("shard"));
        window.session()->selection.clear();
        window.findChild<ClusterPane *>()->showTable(true);
        bothLooks(window, QStringLiteral("table"));
        window.findChild<ClusterPane *>()->showTable(false);
        window.showPane(MainWindow::IndexesPage);
        window.session()->selection.select(Subject::index(window.session()->indexes.indexes().last().uid));
        auto *settings = window.findChild<JsonView *>(QStringLiteral("settingsView"));
        static_cast<void>(QTest::qWaitFor([&] { return !settings->toPlainText().isEmpty(); }, 5'000));
        bothLooks(window, QStringLiteral("indexes"));
        window.findChild<SearchPane *>()->setIndex(QStringLiteral("packages"));
        window.showPane(MainWindow::SearchPage);
        auto *box = window.findChild<QLineEdit *>(QStringLiteral("searchBox"));
        QTest::keyClicks(box, QStringLiteral("stratgy game"));
        auto *hits = window.findChild<QListView *>(QStringLiteral("hitList"));
        static_cast<void>(QTest::qWaitFor([&] { return hits->model()->rowCount() > 0; }, 5'000));
        QTest::qWait(200); // the last letter's answer, whatever it is
        bothLooks(window, QStringLiteral("search"));
        window.showPane(MainWindow::TasksPage);
        window.session()->selection.select(Subject::task(window.session()->tasks.tasks().first().uid));
        bothLooks(window, QStringLiteral("tasks"));
        if (m_server != nullptr)
            takeFailures(window);
        window.findChild<QAction *>(QStringLiteral("actionGuide"))->trigger();
        bothLooks(window, QStringLiteral("guide"));
        return !m_failed;
    }

private:
    struct Canned final : miroir::ui::Host {
        void startLocal(Progress, Started) override { }
        void stopLocal() override { }
        std::optional<Endpoint> initial() override { return std::nullopt; }
    };

    static std::vector<FakeCluster::Task> exampleTasks()
    {
        return {
            {7, "packages", "documentAdditionOrUpdate", "processing", {}, {{"node-2", 3}, {"node-3", 1}}, 2, 0},
            {6, "packages", "settingsUpdate", "succeeded", {}, {}, 64, 412},
            {5, "movies", "documentAdditionOrUpdate", "failed",
                "Document identifier `\"a b\"` is invalid. A document identifier can be of type integer or string.", {},
                240, 35},
            {4, "movies", "documentAdditionOrUpdate", "succeeded", {}, {}, 700, 8120},
            {3, "movies", "indexCreation", "succeeded", {}, {}, 702, 61},
            {2, "packages", "documentAdditionOrUpdate", "succeeded", {}, {}, 2100, 1934},
            {1, "packages", "indexCreation", "succeeded", {}, {}, 2101, 58},
        };
    }

    void takeFailures(miroir::ui::MainWindow &window)
    {
        using namespace miroir::ui;
        window.showPane(MainWindow::ClusterPage);
        m_server->setState("node-2", "down", "connection refused");
        const auto seen = [&] {
            return window.session()->nodes.nodes().at(1).state == NodeState::Down && window.session()->isCurrent();
        };
        m_failed = !QTest::qWaitFor(seen, 10'000) || m_failed;
        window.session()->selection.select(Subject::node(QStringLiteral("node-2")));
        QTest::qWait(400); // the shard map follows the state of nodes
        bothLooks(window, QStringLiteral("degraded"));
        window.session()->selection.clear();
        m_server->cluster = FakeCluster::make(24, 512, 2, {"paris", "lyon", "lille"});
        m_server->pushCluster();
        static_cast<void>(QTest::qWaitFor([&] { return window.session()->nodes.nodes().size() == 24; }, 5'000));
        QTest::qWait(400);
        bothLooks(window, QStringLiteral("large"));
        m_server->cluster = FakeCluster::make(6, 64, 2, {"a", "b", "c"});
        m_server->pushCluster();
        static_cast<void>(QTest::qWaitFor([&] { return window.session()->nodes.nodes().size() == 6; }, 5'000));
        QTest::qWait(400);
        bothLooks(window, QStringLiteral("zones"));
    }

    void bothLooks(miroir::ui::MainWindow &window, const QString &name)
    {
        using miroir::ui::Theme;
        if (!m_wanted.isEmpty() && !m_wanted.contains(name))
            return;
        for (const auto &[choice, look] :
            {std::pair(Theme::Choice::Light, u"light"), std::pair(Theme::Choice::Dark, u"dark")}) {
            Theme::instance().choose(choice);
            QTest::qWait(60); // a turn of the event loop for queued layouts
            const QString file = QStringLiteral("%1/%2-%3.png").arg(m_folder, name, QString::fromUtf16(look));
            m_failed = !window.grab().save(file) || m_failed;
        }
    }

    QString m_folder;
    QStringList m_wanted;
    FakeAdminServer *m_server = nullptr;
    bool m_failed = false;
};
