// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHostAddress>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP as values: what the front gives to the routes and takes back. No socket is seen above this line.
namespace miroir::http {

using Fields = std::vector<std::pair<QByteArray, QByteArray>>; ///< names in lower case, written order

struct Request {
    QByteArray method; ///< upper case token as sent: GET, POST, ...
    QByteArray target; ///< as sent: /indexes/a%20b/search?q=x
    QByteArray path; ///< target before '?', still percent-encoded; as in Meilisearch runs of slashes are one slash and
                     ///< the last slash is removed, except for "/"
    QByteArray query; ///< after '?', still encoded, without '?'
    Fields fields;
    QByteArray body; ///< transfer and content coding removed; at most limits::bodyBytes
    QHostAddress peer;

    /// Value of the first field with that (lower case) name; null QByteArray when absent.
    [[nodiscard]] QByteArray field(std::string_view name) const;
};

struct Response {
    int status = 200;
    QByteArray contentType = QByteArrayLiteral("application/json");
    QByteArray body; ///< empty and contentType empty: no Content-Type is sent (405 of Meilisearch)
    Fields fields; ///< further ones (Retry-After, Location ...), names as they shall be written
};

/// How the head of an answer without an end is written.
struct StreamKind {
    QByteArray contentType = QByteArrayLiteral("text/event-stream");
    Fields fields {{"cache-control", "no-store"}};
    bool pings = true; ///< comments keep it open; only for events
};

/// A stream of server-sent events, or of anything else, to one client. Use it in the front's thread only.
class EventSink
{
public:
    virtual ~EventSink() = default;
    /// Sends one event; false when the client is gone or too slow (its buffer is over 1 MB) and the sink is closed.
    virtual bool send(const QByteArray &event, const QByteArray &data) = 0;
    /// The same with bytes as they are.
    virtual bool write(const QByteArray &bytes) = 0;
    [[nodiscard]] virtual bool open() const = 0;
    virtual void close() = 0;
};

/// The right to answer one request once. Copies share it; may be kept as long as needed and used after the client has
/// gone (then nothing happens). Answer in the thread of the front that gave it; from another thread send() works too,
/// but goes through that thread's event loop, and stream() must not be called. Destroying the last copy without an
/// answer sends 500 `internal`, so that no client ever hangs. A second answer is ignored.
class Responder
{
public:
    struct Sender {
        virtual ~Sender() = default;
        virtual void send(Response response) = 0;
        virtual std::shared_ptr<EventSink> stream(const StreamKind &kind) = 0;
        [[nodiscard]] virtual bool clientGone() const = 0;
    };
    Responder() = default;
    explicit Responder(std::shared_ptr<Sender> sender) : m_sender(std::move(sender)) { }
    void send(Response response) const { m_sender->send(std::move(response)); }
    /// Starts an answer without an end.
    [[nodiscard]] std::shared_ptr<EventSink> stream(const StreamKind &kind = {}) const
    {
        return m_sender->stream(kind);
    }
    [[nodiscard]] bool clientGone() const { return m_sender->clientGone(); }

private:
    std::shared_ptr<Sender> m_sender;
};

/// Takes every request of a front, in the front's thread. Must not block.
class Handler
{
public:
    virtual ~Handler() = default;
    virtual void handle(Request request, Responder responder) = 0;
};

/// Percent-decodes; '+' stays. nullopt when an escape is broken.
std::optional<QByteArray> percentDecode(std::string_view text);
/// Pairs of a query string, decoded as application/x-www-form-urlencoded ('+' is a space), written order.
std::vector<std::pair<std::string, std::string>> parseQuery(std::string_view query);

} // namespace miroir::http
