// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node/Transport.h"

#include <QTest>

#include <cstdlib>
#include <optional>
#include <utility>

namespace miroir::test {

inline node::Call makeCall(const QByteArray &method, const QByteArray &target,
    const QByteArray &body = {}, int deadlineMs = 5000)
{
    node::Call call;
    call.method = method;
    call.target = target;
    call.body = body;
    call.key = "node-secret";
    call.deadlineMs = deadlineMs;
    return call;
}

/// One call, waited for.
inline node::Answer ask(node::Transport &transport, const QUrl &url, node::Call call)
{
    std::optional<node::Answer> answer;
    transport.send(
        url, std::move(call), nullptr, [&answer](node::Answer got) { answer = std::move(got); });
    if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 8000)) {
        qWarning("no answer came");
        std::abort(); // the callback would write to this frame later
    }
    return *answer;
}

} // namespace miroir::test
