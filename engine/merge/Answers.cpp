// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Answers.h"

#include "base/Limits.h"

#include <utility>

namespace miroir::merge {

NodeAnswer::NodeAnswer(QByteArray text)
{
    auto made = std::make_shared<Parsed>();
    if (static_cast<std::size_t>(text.size()) > limits::nodeAnswerBytes) {
        made->fault = "is too large";
    } else {
        auto parsed = json::Document::parse(std::move(text));
        if (!parsed)
            made->fault = "is not JSON: " + parsed.error().message();
        else if (!parsed->root().isObject())
            made->fault = "is not an object";
        else
            made->document = std::move(*parsed);
    }
    m_parsed = std::move(made);
}

std::optional<MergeError> faultyAnswer(const NodeAnswers &answers)
{
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i].ok())
            return MergeError {i, answers[i].fault()};
    }
    return std::nullopt;
}

} // namespace miroir::merge
