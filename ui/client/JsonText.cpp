// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/JsonText.h"

#include "base/Bytes.h"

namespace miroir::ui {

namespace {

void indent(QString &out, int depth)
{
    out += u'\n';
    out += QString(qsizetype(depth) * 2, u' ');
}

// The depth is bounded by the parser (json depth limit).
void print(QString &out, const json::Value &value, int depth, std::string_view without)
{
    if (value.isArray() && value.size() > 0) {
        out += u'[';
        bool first = true;
        for (const json::Value item : value.items()) {
            if (!std::exchange(first, false))
                out += u',';
            indent(out, depth + 1);
            print(out, item, depth + 1, {});
        }
        indent(out, depth);
        out += u']';
    } else if (value.isObject() && value.size() > 0) {
        out += u'{';
        bool first = true;
        for (const json::Member member : value.members()) {
            if (!without.empty() && member.key() == without)
                continue;
            if (!std::exchange(first, false))
                out += u',';
            indent(out, depth + 1);
            out += toQString(member.name.raw());
            out += QStringLiteral(": ");
            print(out, member.value, depth + 1, {});
        }
        indent(out, depth);
        out += u'}';
    } else {
        out += toQString(value.raw());
    }
}

} // namespace

QString prettyJson(const json::Value &value, std::string_view without)
{
    QString out;
    print(out, value, 0, without);
    return out;
}

QString prettyJson(const QByteArray &text)
{
    const auto document = json::Document::parse(text);
    return document ? prettyJson(document->root()) : QString::fromUtf8(text);
}

} // namespace miroir::ui
