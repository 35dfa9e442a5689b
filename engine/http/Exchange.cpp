// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Exchange.h"

#include "base/Assert.h"
#include "http/AnswerWriter.h"
#include "http/Connection.h"
#include "http/Refusal.h"

namespace miroir::http {

namespace {

/// The sink of one event stream; ends the stream when the last owner lets go.
class Stream final : public EventSink
{
public:
    Stream(std::shared_ptr<FrontLink> link, RequestId id) : m_link(std::move(link)), m_id(id) { }
    ~Stream() override
    {
        FrontLink::run(m_link, [id = m_id](FrontCore &core) {
            if (Connection *connection = core.find(id.connection))
                connection->endStream(id.serial);
        });
    }
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;

    bool send(const QByteArray &event, const QByteArray &data) override
    {
        Connection *connection = find();
        return connection != nullptr && connection->sendEvent(m_id.serial, writeEvent(event, data));
    }
    bool write(const QByteArray &bytes) override
    {
        Connection *connection = find();
        return connection != nullptr && connection->sendEvent(m_id.serial, bytes);
    }
    [[nodiscard]] bool open() const override
    {
        const Connection *connection = find();
        return connection != nullptr && connection->streaming(m_id.serial);
    }
    void close() override
    {
        if (Connection *connection = find())
            connection->endStream(m_id.serial);
    }

private:
    [[nodiscard]] Connection *find() const
    {
        MIROIR_ASSERT(m_link->inThread());
        const FrontCore *core = m_link->here();
        return core != nullptr ? core->find(m_id.connection) : nullptr;
    }

    std::shared_ptr<FrontLink> m_link;
    RequestId m_id;
};

} // namespace

Exchange::~Exchange()
{
    if (!m_answered)
        Exchange::send(errorResponse({500, "internal", "The request was given up without an answer.", {}}));
}

void Exchange::send(Response response)
{
    if (m_answered.exchange(true))
        return;
    FrontLink::run(m_link, [id = m_id, response = std::move(response)](FrontCore &core) mutable {
        if (Connection *connection = core.find(id.connection))
            connection->answer(id.serial, std::move(response));
    });
}

std::shared_ptr<EventSink> Exchange::stream(const StreamKind &kind)
{
    MIROIR_ASSERT(m_link->inThread());
    const bool first = !m_answered.exchange(true);
    const FrontCore *core = m_link->here();
    Connection *connection = core != nullptr ? core->find(m_id.connection) : nullptr;
    if (first && connection != nullptr)
        connection->beginStream(m_id.serial, kind);
    // When the client is gone the sink is simply not open.
    return std::make_shared<Stream>(m_link, m_id);
}

} // namespace miroir::http
