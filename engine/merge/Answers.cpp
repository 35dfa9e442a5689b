// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Answers.h"

#include "base/Limits.h"

namespace miroir::merge {

Result<std::vector<json::Document>, MergeError> parseAnswers(const std::vector<QByteArray> &answers)
{
    std::vector<json::Document> documents;
    documents.reserve(answers.size());
    for (const QByteArray &answer : answers) {
        if (static_cast<std::size_t>(answer.size()) > limits::nodeAnswerBytes)
            return refuse(documents.size(), "is too large");
        auto parsed = json::Document::parse(answer);
        if (!parsed)
            return refuse(documents.size(), "is not JSON: " + parsed.error().message());
        if (!parsed->root().isObject())
            return refuse(documents.size(), "is not an object");
        documents.push_back(std::move(*parsed));
    }
    return documents;
}

} // namespace miroir::merge
