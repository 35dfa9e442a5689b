// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/AddressPolicy.h"

#include "base/Bytes.h"

#include <algorithm>
#include <array>

namespace miroir::node {

namespace {

struct Network4 {
    quint32 address;
    int bits;
};
constexpr quint32 v4(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a << 24U | b << 16U | c << 8U | d;
}
// IANA's registry of special-purpose IPv4 addresses, as far as they are not globally reachable.
constexpr std::array<Network4, 12> special4 {{
    {v4(0, 0, 0, 0), 8},
    {v4(10, 0, 0, 0), 8},
    {v4(100, 64, 0, 0), 10},
    {v4(127, 0, 0, 0), 8},
    {v4(169, 254, 0, 0), 16},
    {v4(172, 16, 0, 0), 12},
    {v4(192, 0, 2, 0), 24},
    {v4(192, 168, 0, 0), 16},
    {v4(198, 18, 0, 0), 15},
    {v4(198, 51, 100, 0), 24},
    {v4(203, 0, 113, 0), 24},
    {v4(240, 0, 0, 0), 4},
}};

bool isGlobal4(quint32 address)
{
    for (const Network4 &network : special4) {
        if (address >> (32 - network.bits) == network.address >> (32 - network.bits))
            return false;
    }
    // 192.0.0.0/24 is set aside but for two anycast addresses
    const bool protocols = address >> 8U == v4(192, 0, 0, 0) >> 8U;
    return !protocols || (address & 0xFFU) == 9 || (address & 0xFFU) == 10;
}

const char *const special6[] = {"::/128", "::1/128", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32",
    "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10"};
// Parts of 2001::/23 that are reachable although the whole is set aside.
const char *const reachable6[]
    = {"2001:1::1/128", "2001:1::2/128", "2001:3::/32", "2001:4:112::/48", "2001:20::/28", "2001:30::/28"};

bool within(const QHostAddress &address, const char *network)
{
    return address.isInSubnet(QHostAddress::parseSubnet(QLatin1String(network)));
}

bool isGlobal6(const QHostAddress &address)
{
    if (std::any_of(std::begin(special6), std::end(special6), [&](const char *n) { return within(address, n); }))
        return false;
    if (!within(address, "2001::/23"))
        return true;
    return std::any_of(
        std::begin(reachable6), std::end(reachable6), [&](const char *n) { return within(address, n); });
}

/// ::ffff:10.0.0.1 is reached as 10.0.0.1.
QHostAddress unmapped(const QHostAddress &address)
{
    bool is4 = false;
    const quint32 as4 = address.toIPv4Address(&is4);
    return is4 ? QHostAddress(as4) : address;
}

} // namespace

bool isGlobalAddress(const QHostAddress &address)
{
    const QHostAddress plain = unmapped(address);
    if (plain.protocol() == QAbstractSocket::IPv4Protocol)
        return isGlobal4(plain.toIPv4Address());
    return plain.protocol() == QAbstractSocket::IPv6Protocol && isGlobal6(plain);
}

Result<AddressPolicy> AddressPolicy::parse(std::string_view networks)
{
    AddressPolicy policy;
    for (const QString &part : toQString(networks).split(u',', Qt::SkipEmptyParts)) {
        const QString text = part.trimmed();
        if (text == QLatin1String("any")) {
            policy.m_any = true;
            continue;
        }
        const auto subnet = QHostAddress::parseSubnet(text);
        if (subnet.second < 0)
            return fail("expected an address or a network such as 10.0.0.0/8, found \"" + toStd(text) + "\"");
        policy.m_networks.push_back(subnet);
    }
    return policy;
}

bool AddressPolicy::allows(const QHostAddress &address) const
{
    if (m_any || isGlobalAddress(address))
        return true;
    const QHostAddress plain = unmapped(address);
    return std::any_of(m_networks.begin(), m_networks.end(),
        [&plain](const auto &network) { return plain.isInSubnet(network.first, network.second); });
}

} // namespace miroir::node
