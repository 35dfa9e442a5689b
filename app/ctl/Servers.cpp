// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Servers.h"

#include "base/Bytes.h"
#include "node/NodeAnswers.h"

#include <QEventLoop>
#include <QTimer>

namespace miroir::ctl {

namespace {

constexpr int callDeadlineMs = 60'000; ///< of one request: large pages of a loaded machine take their time
constexpr int taskPollMs = 100;
constexpr int taskDeadlineMs = 30 * 60'000;

} // namespace

Servers::Servers() : m_transport(node::makeTransport()) { }

Result<std::vector<ServerAnswer>> Servers::askAll(const std::vector<const Server *> &servers, const Replay &replay)
{
    std::vector<ServerAnswer> answers(servers.size());
    std::string problem;
    std::size_t left = servers.size();
    QEventLoop loop;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        node::Call call;
        call.method = replay.method;
        call.target = replay.target;
        call.body = replay.body;
        call.key = servers[i]->key;
        call.deadlineMs = callDeadlineMs;
        m_transport->send(servers[i]->url, std::move(call), nullptr, [&, i](node::Answer answer) {
            if (!answer.answered() && problem.empty())
                problem = servers[i]->name + " cannot be asked: " + answer.failure;
            answers[i] = {answer.status, std::move(answer.body)};
            if (--left == 0)
                loop.quit();
        });
    }
    loop.exec();
    if (!problem.empty())
        return fail(problem);
    return answers;
}

Result<ServerAnswer> Servers::ask(const Server &server, const Replay &replay)
{
    auto answers = askAll({&server}, replay);
    if (!answers)
        return answers.err();
    return std::move(answers->front());
}

Result<std::pair<ServerAnswer, ServerAnswer>> Servers::askBoth(
    const Server &first, const Server &second, const Replay &replay)
{
    auto answers = askAll({&first, &second}, replay);
    if (!answers)
        return answers.err();
    return std::pair(std::move((*answers)[0]), std::move((*answers)[1]));
}

Result<json::Document> Servers::call(const Server &server, QByteArray method, QByteArray target, QByteArray body)
{
    Replay request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    const auto answer = ask(server, request);
    if (!answer)
        return answer.err();
    const std::string what = server.name + " answers " + std::to_string(answer->status) + " to "
        + (request.method + ' ' + request.target).toStdString();
    auto parsed = json::Document::parse(answer->body);
    if (answer->status < 200 || answer->status >= 300)
        return fail(what + (parsed ? ": " + parsed->root()["message"].toString() : std::string()));
    if (!parsed)
        return fail(what + ", and it is no JSON");
    return std::move(*parsed);
}

Status<> Servers::finish(const Server &server, const json::Document &summary)
{
    const auto uid = summary.root()["taskUid"].toU64();
    if (!uid)
        return fail(server.name + " gave no task");
    for (int waitedMs = 0; waitedMs < taskDeadlineMs; waitedMs += taskPollMs) {
        const auto task = call(server, "GET", "/tasks/" + QByteArray::number(static_cast<qulonglong>(*uid)));
        if (!task)
            return task.err();
        const std::string status = task->root()["status"].toString();
        if (status == "succeeded")
            return Done {};
        if (status == "failed" || status == "canceled")
            return fail(server.name + ": task " + std::to_string(*uid) + ' ' + status + ": "
                + task->root()["error"]["message"].toString());
        QEventLoop loop;
        QTimer::singleShot(taskPollMs, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return fail(server.name + ": task " + std::to_string(*uid) + " does not end");
}

} // namespace miroir::ctl
