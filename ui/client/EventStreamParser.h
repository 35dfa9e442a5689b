// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QVector>

namespace miroir::ui {

/// Cuts a text/event-stream into events, after the processing model of the HTML standard, section 9.2 (server-sent
/// events): lines end with LF, CR or CRLF, several data fields are joined by LF, an event without data is dropped.
/// Ids and retry times are ignored: the client asks for the whole state again when it reconnects.
class EventStreamParser
{
public:
    struct Event {
        QByteArray name; ///< "message" when the stream names none
        QByteArray data;
    };
    /// Takes the next bytes and gives the events that are complete now.
    QVector<Event> feed(const QByteArray &bytes);
    /// True when an unfinished event grew beyond the limit; the stream must be closed.
    [[nodiscard]] bool overflowed() const { return m_overflowed; }
    void reset() { *this = EventStreamParser(); }

    static constexpr qsizetype eventBytesMax = 32'000'000;

private:
    void line(QByteArray text, QVector<Event> &out);

    QByteArray m_rest; // unfinished line
    QByteArray m_name;
    QByteArray m_data;
    bool m_hasData = false;
    bool m_afterCr = false; // an LF at the start of the next bytes belongs to the last line
    bool m_overflowed = false;
};

} // namespace miroir::ui
