// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/ListenSocket.h"

#include "base/Bytes.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace miroir::http {

namespace {

constexpr int backlog = 1024;
constexpr rlim_t otherDescriptors = 512; // what the rest of the program may have open

/// An address in the form that the system calls take.
struct SystemAddress {
    sockaddr_storage storage {};
    socklen_t size = 0;
    bool bothFamilies = false;

    [[nodiscard]] sockaddr *get() { return reinterpret_cast<sockaddr *>(&storage); }
    [[nodiscard]] quint16 port() const
    {
        // sin_port and sin6_port stand at the same place.
        return ntohs(reinterpret_cast<const sockaddr_in *>(&storage)->sin_port);
    }
};

SystemAddress ipv4Address(quint32 address, quint16 port)
{
    SystemAddress out;
    auto *in = reinterpret_cast<sockaddr_in *>(&out.storage);
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    in->sin_addr.s_addr = htonl(address);
    out.size = sizeof(sockaddr_in);
    return out;
}

SystemAddress systemAddress(const QHostAddress &address, quint16 port)
{
    if (address.protocol() == QAbstractSocket::IPv4Protocol)
        return ipv4Address(address.toIPv4Address(), port);
    SystemAddress out;
    auto *in = reinterpret_cast<sockaddr_in6 *>(&out.storage);
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(port);
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    std::memcpy(&in->sin6_addr, &bytes, sizeof bytes);
    in->sin6_scope_id = address.scopeId().toUInt();
    out.size = sizeof(sockaddr_in6);
    out.bothFamilies = address.protocol() == QAbstractSocket::AnyIPProtocol;
    return out;
}

Err<Failure> failure(const char *what)
{
    return fail(std::string(what) + ": " + std::strerror(errno));
}

void setOption(int descriptor, int level, int option, int value)
{
    setsockopt(descriptor, level, option, &value, sizeof value);
}

Result<qintptr> boundSocket(SystemAddress &address, bool sharePort)
{
    const int descriptor = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0)
        return failure("no socket could be opened");
    setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (sharePort)
        setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    if (address.storage.ss_family == AF_INET6)
        setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, address.bothFamilies ? 0 : 1);
    if (bind(descriptor, address.get(), address.size) != 0
        || getsockname(descriptor, address.get(), &address.size) != 0) {
        const Err<Failure> reason = failure("the address and port cannot be used");
        close(descriptor);
        return reason;
    }
    return qintptr {descriptor};
}

Result<Listeners> openAt(SystemAddress address, int count)
{
    // Without SO_REUSEPORT the system tells whether somebody listens there already; the sockets that share come after.
    if (count > 1 && address.port() != 0) {
        const Result<qintptr> probe = boundSocket(address, false);
        if (!probe)
            return probe.err();
        closeDescriptor(*probe);
    }
    Listeners listeners;
    for (int i = 0; i < count; ++i) {
        const Result<qintptr> bound = boundSocket(address, count > 1);
        if (bound)
            listeners.descriptors.push_back(*bound);
        if (!bound || listen(static_cast<int>(*bound), backlog) != 0) {
            const Err<Failure> reason = bound ? failure("listening failed") : bound.err();
            for (const qintptr descriptor : listeners.descriptors)
                closeDescriptor(descriptor);
            return reason;
        }
    }
    listeners.port = address.port();
    return listeners;
}

} // namespace

Result<Listeners> openListeners(const QHostAddress &address, quint16 port, int count)
{
    MIROIR_ASSERT(count >= 1);
    if (address.isNull())
        return fail("the address to listen on is invalid");
    Result<Listeners> listeners = openAt(systemAddress(address, port), count);
    // A machine without IPv6 still has "any address".
    if (!listeners && address.protocol() == QAbstractSocket::AnyIPProtocol)
        return openAt(ipv4Address(INADDR_ANY, port), count);
    return listeners;
}

void closeDescriptor(qintptr descriptor)
{
    close(static_cast<int>(descriptor));
}

void shutdownWriting(qintptr descriptor)
{
    shutdown(static_cast<int>(descriptor), SHUT_WR);
}

void allowDescriptors(int connections)
{
    rlimit limit {};
    const rlim_t wanted = static_cast<rlim_t>(connections) + otherDescriptors;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace miroir::http
