// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/EventStreamParser.h"

namespace miroir::ui {

QVector<EventStreamParser::Event> EventStreamParser::feed(const QByteArray &bytes)
{
    QVector<Event> events;
    if (m_overflowed)
        return events;
    qsizetype from = 0;
    if (m_afterCr && bytes.startsWith('\n'))
        from = 1;
    m_afterCr = m_afterCr && bytes.isEmpty();
    while (from < bytes.size()) {
        qsizetype end = from;
        while (end < bytes.size() && bytes[end] != '\n' && bytes[end] != '\r')
            ++end;
        m_rest.append(bytes.constData() + from, end - from);
        if (m_rest.size() + m_data.size() > eventBytesMax) {
            m_overflowed = true;
            return events;
        }
        if (end == bytes.size())
            break;
        line(std::exchange(m_rest, {}), events);
        from = end + 1;
        if (bytes[end] == '\r') {
            if (from == bytes.size())
                m_afterCr = true;
            else if (bytes[from] == '\n')
                ++from;
        }
    }
    return events;
}

void EventStreamParser::line(QByteArray text, QVector<Event> &out)
{
    if (text.isEmpty()) {
        if (m_hasData)
            out.append({m_name.isEmpty() ? QByteArray("message") : m_name, m_data});
        m_name.clear();
        m_data.clear();
        m_hasData = false;
        return;
    }
    if (text.startsWith(':'))
        return; // a comment keeps the line open
    const qsizetype colon = text.indexOf(':');
    const QByteArray field = colon < 0 ? text : text.left(colon);
    QByteArray value = colon < 0 ? QByteArray() : text.mid(colon + 1);
    if (value.startsWith(' '))
        value.remove(0, 1);
    if (field == "event") {
        m_name = value;
    } else if (field == "data") {
        if (m_hasData)
            m_data.append('\n');
        m_data.append(value);
        m_hasData = true;
    }
}

} // namespace miroir::ui
