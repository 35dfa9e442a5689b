// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/Parts.h"

#include "models/SortProxy.h"
#include "theme/Icons.h"
#include "theme/Theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHeaderView>
#include <QPainter>
#include <QPushButton>
#include <QSyntaxHighlighter>
#include <QVBoxLayout>

#include <cmath>

namespace miroir::ui {

ToneLabel::ToneLabel(const QString &text, Colour colour, Size size, QWidget *parent)
    : QLabel(text, parent), m_colour(colour), m_size(size)
{
    setTextFormat(Qt::PlainText); // texts may come from documents and servers
    connect(&Theme::instance(), &Theme::changed, this, &ToneLabel::apply);
    apply();
}

void ToneLabel::setTone(Colour colour)
{
    m_colour = colour;
    apply();
}

void ToneLabel::apply()
{
    m_applying = true;
    QPalette p; // only this role is ours, the others follow the window
    p.setColor(QPalette::WindowText, tint(m_colour));
    setPalette(p);
    QFont f = QApplication::font();
    const double factor = m_size == Size::Small ? 0.9
        : m_size == Size::Large                 ? 1.25
        : m_size == Size::Title                 ? 1.9
                                                : 1.0;
    f.setPointSizeF(f.pointSizeF() * factor);
    if (m_size == Size::Large || m_size == Size::Title)
        f.setWeight(QFont::DemiBold);
    setFont(f);
    m_applying = false;
}

void ToneLabel::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange && !m_applying)
        apply();
}

IconLabel::IconLabel(const QString &name, Colour colour, int side, QWidget *parent)
    : QWidget(parent), m_name(name), m_colour(colour), m_side(side)
{
    setFixedSize(side, side);
}

void IconLabel::setIcon(const QString &name, Colour colour)
{
    m_name = name;
    m_colour = colour;
    update();
}

void IconLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    drawIcon(&painter, QRectF(rect()), m_name, tint(m_colour));
}

EmptyState::EmptyState(const QString &iconName, const QString &title, const QString &text, QWidget *parent)
    : QWidget(parent), m_icon(new IconLabel(iconName, Colour::Faint, 40)),
      m_title(new ToneLabel(title, Colour::Text, ToneLabel::Size::Large)), m_text(new ToneLabel(text, Colour::Faint)),
      m_below(new QVBoxLayout)
{
    auto *column = new QVBoxLayout(this);
    column->setSpacing(Theme::unit);
    column->addStretch(2);
    column->addWidget(m_icon, 0, Qt::AlignHCenter);
    column->addSpacing(Theme::unit);
    column->addWidget(m_title, 0, Qt::AlignHCenter);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter);
    m_text->setMinimumWidth(45 * Theme::unit);
    m_text->setMaximumWidth(60 * Theme::unit);
    column->addWidget(m_text, 0, Qt::AlignHCenter);
    column->addSpacing(Theme::unit);
    column->addLayout(m_below);
    column->addStretch(3);
}

void EmptyState::setTexts(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
}

void EmptyState::setIcon(const QString &name)
{
    m_icon->setIcon(name, Colour::Faint);
}

void EmptyState::setCommand(const QString &command)
{
    if (m_command == nullptr) {
        m_command = new ToneLabel;
        m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
        m_command->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        m_below->addWidget(m_command, 0, Qt::AlignHCenter);
        QPushButton *copy = addButton(tr("Copy the command"), QStringLiteral("copyCommandButton"));
        copy->setIcon(icon(QStringLiteral("copy")));
        connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_command->text()); });
    }
    m_command->setText(command);
}

QPushButton *EmptyState::addButton(const QString &text, const QString &name)
{
    auto *button = new QPushButton(text);
    button->setObjectName(name);
    m_below->addWidget(button, 0, Qt::AlignHCenter);
    return button;
}

BusyBar::BusyBar(QWidget *parent) : QWidget(parent)
{
    setFixedHeight(4);
    m_ticker.setInterval(33);
    connect(&m_ticker, &QTimer::timeout, this, [this] {
        ++m_step;
        update();
    });
}

void BusyBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tint(Colour::Line));
    painter.drawRoundedRect(rect(), 2, 2);
    const double length = width() * 0.3;
    const double way = (1 - std::cos(m_step * 0.06)) / 2 * (width() - length);
    painter.setBrush(tint(Colour::Accent));
    painter.drawRoundedRect(QRectF(way, 0, length, height()), 2, 2);
}

void BusyBar::showEvent(QShowEvent *)
{
    m_ticker.start();
}

void BusyBar::hideEvent(QHideEvent *)
{
    m_ticker.stop();
}

void ToneDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QString name = index.data(roles::Icon).toString();
    if (name.isEmpty()) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem o = option;
    initStyleOption(&o, index);
    o.text.clear();
    const QStyle *style = o.widget != nullptr ? o.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &o, painter, o.widget);
    const auto tone = static_cast<Colour>(index.data(roles::Tone).toInt());
    const int side = 16;
    const QRect room = option.rect.adjusted(Theme::unit, 0, -Theme::unit / 2, 0);
    drawIcon(painter, QRectF(room.left(), room.center().y() - side / 2 + 1, side, side), name, tint(tone));
    painter->setPen(option.palette.color(QPalette::Text));
    painter->setFont(o.font);
    const QRect words = room.adjusted(side + Theme::unit - 2, 0, 0, 0);
    painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
        o.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, words.width()));
}

QSize ToneDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    if (!index.data(roles::Icon).toString().isEmpty())
        size.rwidth() += 16 + Theme::unit;
    return size;
}

TableView::TableView(SortProxy *model, const QString &name, const QString &accessibleName, QWidget *parent)
    : QTreeView(parent), m_proxy(model)
{
    setObjectName(name);
    setAccessibleName(accessibleName);
    setModel(model);
    setItemDelegate(new ToneDelegate(this));
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setFrameShape(QFrame::NoFrame);
    setSortingEnabled(true);
    setMouseTracking(true);
    header()->setStretchLastSection(false);
    header()->setHighlightSections(false);
    header()->setTextElideMode(Qt::ElideNone); // the style does it, with the arrow counted in
    header()->setSectionsMovable(false);
    header()->setMinimumSectionSize(5 * Theme::unit);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!m_quiet)
            Q_EMIT keySelected(currentKey());
    });
}

QString TableView::currentKey() const
{
    const auto rows = selectionModel()->selectedRows();
    return rows.isEmpty() ? QString() : rows.first().data(roles::Key).toString();
}

void TableView::selectKey(const QString &key)
{
    if (key == currentKey())
        return;
    m_quiet = true;
    const int row = key.isEmpty() ? -1 : m_proxy->rowOf(key);
    if (row < 0)
        selectionModel()->clear();
    else
        setCurrentIndex(m_proxy->index(row, 0));
    m_quiet = false;
}

void TableView::fitColumns(const QVector<int> &characters, int stretched)
{
    const int wide = fontMetrics().averageCharWidth();
    for (int column = 0; column < characters.size(); ++column) {
        const int title = fontMetrics().horizontalAdvance(m_proxy->headerData(column, Qt::Horizontal).toString());
        header()->resizeSection(column, std::max(characters[column] * wide, title + 2 * wide) + 3 * Theme::unit);
    }
    header()->setSectionResizeMode(stretched, QHeaderView::Stretch);
}

class JsonView::Highlighter final : public QSyntaxHighlighter
{
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    // Works on what prettyJson() writes: one member or item a line.
    void highlightBlock(const QString &text) override
    {
        qsizetype at = 0;
        while (at < text.size()) {
            const qsizetype start = at;
            if (text[at] == u'"') {
                for (++at; at < text.size() && text[at] != u'"'; ++at) {
                    if (text[at] == u'\\')
                        ++at;
                }
                at = std::min(at + 1, text.size());
                const bool name = at < text.size() && text[at] == u':';
                colour(start, at, name ? Colour::Accent : Colour::Ok);
            } else if (text[at].isLetterOrNumber() || text[at] == u'-') {
                while (at < text.size() && text[at] != u',' && text[at] != u']' && text[at] != u'}')
                    ++at;
                colour(start, at, Colour::Moving);
            } else {
                colour(start, ++at, Colour::Faint);
            }
        }
    }

private:
    void colour(qsizetype from, qsizetype to, Colour c)
    {
        setFormat(static_cast<int>(from), static_cast<int>(to - from), tint(c));
    }
};

JsonView::JsonView(QWidget *parent) : QPlainTextEdit(parent), m_highlighter(new Highlighter(document()))
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLineWrapMode(NoWrap);
    setFrameShape(NoFrame);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    document()->setDocumentMargin(Theme::unit);
}

void JsonView::setJson(const QString &text)
{
    if (text != toPlainText())
        setPlainText(text);
}

void JsonView::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_highlighter->rehighlight();
}

QFrame *hairline(Qt::Orientation orientation, QWidget *parent)
{
    class Line final : public QFrame
    {
    public:
        using QFrame::QFrame;

    protected:
        void paintEvent(QPaintEvent *) override { QPainter(this).fillRect(rect(), tint(Colour::Line)); }
    };
    auto *line = new Line(parent);
    if (orientation == Qt::Horizontal)
        line->setFixedHeight(1);
    else
        line->setFixedWidth(1);
    return line;
}

} // namespace miroir::ui
