// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/MergeError.h"

#include <QByteArray>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace miroir::merge {

/// What one node has answered: a JSON object, parsed where it is made. Making it as soon as the answer is there hides
/// the cost while slower nodes still work. Cheap to copy; copies share the text and its table, so values and slices
/// live as long as any of them. Any thread.
class NodeAnswer
{
public:
    NodeAnswer(QByteArray text); // NOLINT(google-explicit-constructor): a list of texts is a list of answers
    [[nodiscard]] bool ok() const { return m_parsed->fault.empty(); }
    /// Why it is none: "is not JSON: EOF while parsing a value at line 1 column 0", "is too large", "is not an object".
    [[nodiscard]] const std::string &fault() const { return m_parsed->fault; }
    [[nodiscard]] json::Value root() const { return m_parsed->document.root(); } ///< an object; ask only when ok()

private:
    struct Parsed {
        json::Document document;
        std::string fault;
    };
    std::shared_ptr<const Parsed> m_parsed;
};
using NodeAnswers = std::vector<NodeAnswer>;

/// The first answer that is none.
[[nodiscard]] std::optional<MergeError> faultyAnswer(const NodeAnswers &answers);

} // namespace miroir::merge
