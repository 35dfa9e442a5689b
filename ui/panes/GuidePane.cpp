// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "panes/GuidePane.h"

#include "theme/Theme.h"

#include <QFile>
#include <QHBoxLayout>
#include <QPushButton>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextTable>
#include <QVBoxLayout>

namespace miroir::ui {

GuidePane::GuidePane(QWidget *parent) : QWidget(parent), m_text(new QTextBrowser)
{
    setObjectName(QStringLiteral("guidePane"));
    auto *column = new QVBoxLayout(this);
    auto *row = new QHBoxLayout;
    auto *back = new QPushButton(tr("Close the guide"));
    back->setObjectName(QStringLiteral("guideClose"));
    connect(back, &QPushButton::clicked, this, &GuidePane::closeWanted);
    row->addWidget(back);
    row->addStretch(1);
    column->addLayout(row);
    m_text->setObjectName(QStringLiteral("guideText"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenExternalLinks(true);
    m_text->document()->setDocumentMargin(3 * Theme::unit);
    QFile file(QStringLiteral(":/guide/console.md"));
    if (file.open(QIODevice::ReadOnly))
        m_text->setMarkdown(QString::fromUtf8(file.readAll()));
    m_text->setMaximumWidth(100 * Theme::unit);
    auto *middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addWidget(m_text, 100);
    middle->addStretch(1);
    column->addLayout(middle, 1);
    connect(&Theme::instance(), &Theme::changed, this, &GuidePane::format);
    format();
}

// Markdown comes without any room; tables come with the frames of the nineties.
void GuidePane::format()
{
    QTextDocument *document = m_text->document();
    for (QTextBlock block = document->begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat format = block.blockFormat();
        const bool inTable = cursor.currentTable() != nullptr;
        format.setLineHeight(130, QTextBlockFormat::ProportionalHeight);
        if (!inTable) {
            format.setTopMargin(format.headingLevel() > 1 ? 3 * Theme::unit : 0);
            format.setBottomMargin(Theme::unit);
        }
        cursor.setBlockFormat(format);
        if (!inTable)
            continue;
        QTextTableFormat table = cursor.currentTable()->format();
        table.setBorder(1);
        table.setBorderCollapse(true);
        table.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
        table.setBorderBrush(tint(Colour::Line));
        table.setCellPadding(6);
        table.setCellSpacing(0);
        table.setBottomMargin(2 * Theme::unit);
        cursor.currentTable()->setFormat(table);
    }
}

} // namespace miroir::ui
