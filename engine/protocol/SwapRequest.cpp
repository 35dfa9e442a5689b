// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SwapRequest.h"

#include "protocol/Deserr.h"
#include "protocol/IndexRequests.h"
#include "protocol/KeyAuth.h"

#include <set>

namespace miroir::protocol {

namespace {

struct SwapEntry
{
    std::vector<std::string> indexes;
    bool rename = false;
};

} // namespace

static ApiStatus readInto(SwapEntry &out, const json::Value &v, const Location &at, std::string_view)
{
    const ReadJson indexes = [&](const json::Value &list, const Location &where, std::string_view code) -> ApiStatus {
        if (!list.isArray())
            return wrongType(list, AcceptsArray, where, code);
        for (const json::Value item : list.items()) {
            std::string uid;
            const Location place = where.item(out.indexes.size());
            if (auto s = readInto(uid, item, place, code); !s)
                return s;
            if (!isIndexUid(uid))
                return invalidValue(indexUidProblem(uid), place, code);
            out.indexes.push_back(std::move(uid));
        }
        return Done {};
    };
    return readObject(v, at,
        {{"indexes", "invalid_swap_indexes", indexes, "missing_swap_indexes"},
            {"rename", "invalid_swap_rename", into(&out.rename)}});
}

ApiResult<std::vector<TaskSwap>> parseSwapIndexes(
    const json::Value &body, const std::function<bool(std::string_view)> &allowed)
{
    std::vector<SwapEntry> entries;
    if (auto s = readInto(entries, body, Location {}, "bad_request"); !s)
        return s.err();
    std::vector<TaskSwap> swaps;
    for (const SwapEntry &entry : entries) {
        if (entry.indexes.size() != 2) {
            std::string list;
            for (const std::string &uid : entry.indexes)
                list += (list.empty() ? "\"" : ", \"") + uid + "\"";
            return refuse("invalid_swap_indexes",
                "Two indexes must be given for each swap. The list `[" + list + "]` contains "
                    + std::to_string(entry.indexes.size()) + " indexes.");
        }
        if (!allowed(entry.indexes[0]) || !allowed(entry.indexes[1]))
            return Err<ApiError> {invalidApiKey()};
        swaps.push_back({entry.indexes[0], entry.indexes[1], entry.rename});
    }
    std::set<std::string> seen;
    std::set<std::string> repeated;
    for (const TaskSwap &swap : swaps) {
        for (const std::string &uid : {swap.first, swap.second}) {
            if (!seen.insert(uid).second)
                repeated.insert(uid);
        }
    }
    if (repeated.empty())
        return swaps;
    return refuse("invalid_swap_duplicate_index_found",
        "Indexes must be declared only once during a swap. "
            + listInBackticks(std::vector<std::string>(repeated.begin(), repeated.end()))
            + (repeated.size() == 1 ? " was" : " were") + " specified several times.");
}

std::optional<ApiError> checkSwaps(
    const std::vector<TaskSwap> &swaps, const std::function<bool(std::string_view)> &exists)
{
    std::set<std::string> missing;
    std::set<std::pair<std::string, std::string>> taken;
    for (const TaskSwap &swap : swaps) {
        if (!exists(swap.first))
            missing.insert(swap.first);
        const bool second = exists(swap.second);
        if (second && swap.rename)
            taken.emplace(swap.first, swap.second);
        else if (!second && !swap.rename)
            missing.insert(swap.second);
    }
    if (missing.size() == 1)
        return indexNotFound(*missing.begin());
    if (!missing.empty()) {
        return apiError("index_not_found",
            "Indexes " + listInBackticks(std::vector<std::string>(missing.begin(), missing.end())) + " not found.");
    }
    if (taken.size() == 1) {
        const auto &[from, to] = *taken.begin();
        return apiError("index_already_exists",
            "Cannot rename `" + from + "` to `" + to + "` as the index already exists. Hint: You can remove `" + to
                + "` first and then do your remove.");
    }
    if (taken.empty())
        return std::nullopt;
    std::vector<std::string> names;
    for (const auto &[from, to] : taken)
        names.push_back(to);
    return apiError("index_already_exists",
        "The following indexes are being renamed but cannot because their new name conflicts with an already "
        "existing index: "
            + listInBackticks(names) + ". Renaming doesn't overwrite the other index name.");
}

} // namespace miroir::protocol
