// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "json/Json.h"
#include "node/Transport.h"
#include "protocol/DocumentId.h"

#include <QTimer>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace miroir::test {

/// The documents of an index as a node keeps them: members by name.
using Members = std::map<std::string, std::string>;
using Documents = std::map<std::string, Members>;

/// One node behind a transport that loses answers: it carries out writes at once and in order, as far as the tests of
/// the write path need it. What it has seen stands in `targets`.
class FakeNode : public node::Transport
{
public:
    explicit FakeNode(unsigned seed = 1) : m_random(seed) { }

    std::map<std::string, Documents> indexes;
    std::vector<std::string> targets; ///< "POST /indexes/a/documents?.."
    double lost = 0; ///< share of calls whose answer is lost after they were carried out
    double refused = 0; ///< share of calls that never arrive
    std::map<std::uint32_t, std::string> failures; ///< task uid to code of the error
    std::string failNext; ///< code with which the next task fails

    node::CallId send(const QUrl &, node::Call call, QObject *context, Callback callback) override
    {
        node::Answer answer;
        std::uniform_real_distribution<double> chance(0, 1);
        if (chance(m_random) < refused) {
            answer.outcome = node::Answer::Outcome::Refused;
        } else {
            answer = carryOut(call);
            if (chance(m_random) < lost)
                answer.outcome = node::Answer::Outcome::Lost;
        }
        QTimer::singleShot(0, context, [answer = std::move(answer), callback = std::move(callback)] { callback(answer); });
        return ++m_calls;
    }
    void cancel(node::CallId) override { }

private:
    static node::Answer answered(int status, QByteArray body)
    {
        node::Answer answer;
        answer.outcome = node::Answer::Outcome::Answered;
        answer.status = status;
        answer.body = std::move(body);
        return answer;
    }
    node::Answer carryOut(const node::Call &call)
    {
        const std::string target = call.target.toStdString();
        if (target.starts_with("/tasks"))
            return tasks(target);
        targets.push_back(call.method.toStdString() + ' ' + target);
        const std::uint32_t task = m_nextTask++;
        if (!failNext.empty())
            failures[task] = std::exchange(failNext, {});
        else
            apply(call, target);
        return answered(202, "{\"taskUid\":" + QByteArray::number(task) + ",\"status\":\"enqueued\"}");
    }
    void apply(const node::Call &call, const std::string &target)
    {
        const auto body = json::Document::parse(call.body);
        if (target == "/indexes") {
            indexes[body->root()["uid"].toString()];
            return;
        }
        const std::size_t begin = std::string("/indexes/").size();
        const std::string index = target.substr(begin, target.find_first_of("/?", begin) - begin);
        Documents &documents = indexes[index];
        if (target.find("/delete-batch") != std::string::npos) {
            for (const json::Value id : body->root().items())
                documents.erase(id.toString());
        } else if (target.find("/documents") != std::string::npos && call.method == "DELETE") {
            documents.clear();
        } else if (target.find("/documents") != std::string::npos) {
            for (const json::Value document : body->root().items())
                store(documents, document, call.method == "PUT");
        } else if (call.method == "DELETE") {
            indexes.erase(index);
        }
    }
    static void store(Documents &documents, const json::Value &document, bool merge)
    {
        Members &kept = documents[*protocol::documentId(document, "id")];
        if (!merge)
            kept.clear();
        for (const json::Member member : document.members())
            kept[member.key()] = std::string(member.value.raw());
    }
    node::Answer tasks(const std::string &target) const
    {
        json::Writer out;
        out.beginObject().key("results").beginArray();
        const std::size_t from = target.find("uids=") + 5;
        std::string list = target.substr(from, target.find('&', from) - from);
        for (std::size_t at; (at = list.find("%2C")) != std::string::npos;)
            list.replace(at, 3, ",");
        std::uint64_t total = 0;
        for (std::size_t at = 0; at < list.size(); ++total) {
            const auto uid = static_cast<std::uint32_t>(std::stoul(list.substr(at)));
            const auto failure = failures.find(uid);
            out.beginObject().key("uid").number(uid).key("indexUid").string("x");
            out.key("status").string(failure == failures.end() ? "succeeded" : "failed").key("type").string("t");
            if (failure != failures.end()) {
                out.key("error").beginObject().key("message").string("no").key("code").string(failure->second);
                out.key("type").string("invalid_request").endObject();
            }
            out.endObject();
            at = list.find(',', at) == std::string::npos ? list.size() : list.find(',', at) + 1;
        }
        return answered(200, out.endArray().key("total").number(total).endObject().take());
    }

    std::mt19937 m_random;
    node::CallId m_calls = 0;
    std::uint32_t m_nextTask = 0;
};

} // namespace miroir::test
