// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/KeyDigest.h"

#include "base/Bytes.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>

namespace miroir::protocol {

QByteArray hmac(HashKind kind, std::string_view key, std::string_view message)
{
    QCryptographicHash::Algorithm algorithm = QCryptographicHash::Sha256;
    if (kind == HashKind::Sha384)
        algorithm = QCryptographicHash::Sha384;
    else if (kind == HashKind::Sha512)
        algorithm = QCryptographicHash::Sha512;
    return QMessageAuthenticationCode::hash(toBytes(message), toBytes(key), algorithm);
}

std::string keyValue(std::string_view masterKey, std::string_view uid)
{
    return hmac(HashKind::Sha256, masterKey, uid).toHex().toStdString();
}

bool equalInConstantTime(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    // read through volatile, so that the loop is not left early
    volatile unsigned result = difference;
    return result == 0;
}

bool isKeyValue(std::string_view token, std::string_view masterKey, std::string_view uid)
{
    constexpr std::size_t digits = 64;
    if (token.size() != digits)
        return false;
    std::string lowered(token);
    for (char &c : lowered)
        c = c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
    return equalInConstantTime(lowered, keyValue(masterKey, uid));
}

std::string toBase64Url(std::string_view bytes)
{
    return toBytes(bytes).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals).toStdString();
}

} // namespace miroir::protocol
