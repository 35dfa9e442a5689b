// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <string>
#include <string_view>

namespace miroir {

/// Bytes on the wire are QByteArray (shared, not copied), slices of them std::string_view, short texts of the
/// pure modules std::string. These are the bridges.
inline std::string_view sv(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}
inline QByteArray toBytes(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}
inline QString toQString(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}
inline std::string toStd(const QString &text)
{
    return text.toStdString();
}

inline void append(QByteArray &out, std::string_view slice)
{
    out.append(slice.data(), static_cast<qsizetype>(slice.size()));
}

/// A-Z only, whatever the locale: what names of the wire are compared by.
inline std::string lowerAscii(std::string_view text)
{
    std::string out(text);
    for (char &c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}
constexpr bool isHex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Heterogeneous hash, so that maps keyed by std::string are looked up by a slice without a copy.
struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view> {}(s); }
};

} // namespace miroir
