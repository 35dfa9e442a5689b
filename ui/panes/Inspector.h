// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/Session.h"
#include "widgets/Buttons.h"
#include "widgets/FlowLayout.h"
#include "widgets/Parts.h"

#include <QGridLayout>
#include <QPushButton>

namespace miroir::ui {

/// What is selected: facts, the way on, and the raw text where there is one. With nothing selected: the cluster.
class Inspector : public QWidget
{
    Q_OBJECT
public:
    explicit Inspector(Session *session, QWidget *parent = nullptr);
    /// What the sheet says, for tests and screen readers: "Label: value" lines.
    [[nodiscard]] QString plainText() const;

Q_SIGNALS:
    void closeWanted();
    void searchWanted(const QString &indexUid);
    void ringWanted(const QString &indexUid);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct Fact {
        QString label;
        QString value;
        Colour tone = Colour::Text;
    };
    struct Link {
        QString text;
        Subject subject;
    };
    struct Sheet {
        QString iconName;
        Colour tone = Colour::Faint;
        QString title;
        QString subtitle;
        QVector<Fact> facts;
        QString note; ///< an error, in full
        QString linksTitle;
        QVector<Link> links;
        QString json;
        QString indexUid; ///< offers to search it and to see it in the ring
    };

    void refresh();
    void show(const Sheet &sheet);
    void showFacts(const QVector<Fact> &facts);
    void showLinks(const Sheet &sheet);
    [[nodiscard]] Sheet clusterSheet() const;
    [[nodiscard]] Sheet nodeSheet(const NodeInfo &node) const;
    [[nodiscard]] Sheet shardSheet(const ShardInfo &shard) const;
    [[nodiscard]] Sheet indexSheet(const IndexInfo &index) const;
    [[nodiscard]] Sheet taskSheet(const TaskInfo &task) const;
    [[nodiscard]] Sheet sheet() const;

    Session *m_session;
    IconLabel *m_icon;
    ToneLabel *m_title;
    ToneLabel *m_subtitle;
    QGridLayout *m_grid;
    QVector<std::pair<ToneLabel *, ToneLabel *>> m_rows;
    ToneLabel *m_note;
    ToneLabel *m_linksTitle;
    QWidget *m_links;
    QVector<Link> m_shownLinks;
    QPushButton *m_search;
    QPushButton *m_ring;
    JsonView *m_json;
    QWidget *m_filler;
    QString m_indexUid;
    QTimer m_ages;
};

} // namespace miroir::ui
