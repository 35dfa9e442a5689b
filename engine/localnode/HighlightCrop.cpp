// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/HighlightMatcher.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace miroir::localnode {

namespace {

/// Different words of the query first, then short distances, then the order of the query.
using IntervalScore = std::array<int, 3>;

IntervalScore scoreOf(const std::vector<TextMatch> &matches, std::size_t first, std::size_t last)
{
    std::set<std::uint16_t> ids;
    int order = 0;
    int distance = 0;
    for (std::size_t i = first; i <= last; ++i) {
        const TextMatch &m = matches[i];
        const int inside = static_cast<int>(m.lastWord - m.firstWord);
        order += inside;
        distance -= inside;
        if (i < last) {
            const TextMatch &next = matches[i + 1];
            if (next.firstId > m.firstId)
                ++order;
            distance -= static_cast<int>(std::min<std::size_t>(next.firstWord - m.lastWord, 7));
        }
        for (std::uint32_t id = m.firstId; id <= m.lastId; ++id)
            ids.insert(static_cast<std::uint16_t>(id));
    }
    return {static_cast<int>(ids.size()), distance, order};
}

/// First and last match of the stretch of at most `size` words with the best score.
std::pair<std::size_t, std::size_t> bestInterval(const std::vector<TextMatch> &matches, std::size_t size)
{
    std::optional<IntervalScore> best;
    std::pair<std::size_t, std::size_t> out {0, 0};
    const auto keep = [&](std::size_t first, std::size_t last) {
        const IntervalScore score = scoreOf(matches, first, last);
        if (!best || score > *best) {
            best = score;
            out = {first, last};
        }
    };
    std::size_t first = 0;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const std::size_t end = matches[i].lastWord;
        if (end - matches[first].firstWord < size)
            continue;
        if (i != 0)
            keep(first, i - 1);
        while (first + 1 < matches.size()) {
            ++first;
            if (matches[first].firstWord > end || end - matches[first].firstWord < size)
                break;
        }
    }
    const std::size_t last = matches.size() - 1;
    const std::size_t words = matches[first].lastWord - matches[first].firstWord + 1;
    if (first != last || words < size)
        keep(first, last);
    return out;
}

enum class Side : std::uint8_t { None, Soft, Hard, Word };

Side sideOf(const std::vector<Token> &tokens, std::ptrdiff_t at)
{
    if (at < 0 || at >= static_cast<std::ptrdiff_t>(tokens.size()))
        return Side::None;
    switch (tokens[static_cast<std::size_t>(at)].kind) {
    case TokenKind::SoftSeparator:
        return Side::Soft;
    case TokenKind::HardSeparator:
        return Side::Hard;
    default:
        return Side::Word;
    }
}

/// A window over tokens that grows to both sides, word by word.
struct CropWindow {
    const std::vector<Token> &tokens;
    std::size_t left; // words still to take
    std::ptrdiff_t before; // next token to take on the left
    std::ptrdiff_t after; // and on the right
    std::ptrdiff_t step = 1; // -1: the right end moves back into a match that is too long

    void grow()
    {
        while (left > 0) {
            const Side b = sideOf(tokens, before);
            const Side a = sideOf(tokens, after);
            if (b == Side::None && a == Side::None)
                return;
            if (b == Side::None || a == Side::None) {
                const Side only = b == Side::None ? a : b;
                b == Side::None ? takeAfter() : takeBefore();
                left -= only == Side::Word ? 1 : 0;
            } else if (b == Side::Word && a == Side::Word) {
                takeBefore();
                if (--left > 0) {
                    takeAfter();
                    --left;
                }
            } else if (b == Side::Word || a == Side::Word) {
                b == Side::Word ? takeBefore() : takeAfter();
                --left;
            } else if (b == a) {
                takeBefore();
                if (left > 1) // else a separator would stand before the crop marker
                    takeAfter();
            } else {
                b == Side::Hard ? takeAfter() : takeBefore();
            }
        }
    }
    void takeBefore() { --before; }
    void takeAfter() { after += step; }
};

std::pair<std::size_t, std::size_t> cropBounds(std::string_view text, const std::vector<Token> &tokens,
                                               const std::vector<TextMatch> &matches, std::size_t size)
{
    CropWindow window {tokens, size, -1, 0};
    if (!matches.empty()) {
        const auto [first, last] = bestInterval(matches, size);
        const std::size_t words = matches[last].lastWord - matches[first].firstWord + 1;
        const auto next = std::min(matches[last].lastToken + 1, tokens.size());
        window.after = static_cast<std::ptrdiff_t>(next);
        if (size >= words) {
            window.left = size - words;
            window.before = static_cast<std::ptrdiff_t>(matches[first].firstToken) - 1;
        } else {
            // One match longer than the window: it is cut from its end.
            window.left = words - size;
            window.before = -1;
            window.step = -1;
            window.after = static_cast<std::ptrdiff_t>(std::min(next, tokens.size() - 1));
        }
    }
    window.grow();
    const bool hasBefore = window.before >= 0;
    const bool hasAfter = window.after >= 0 && window.after < static_cast<std::ptrdiff_t>(tokens.size());
    const std::size_t begin = hasBefore ? tokens[static_cast<std::size_t>(window.before)].byteEnd : 0;
    const std::size_t end = hasAfter ? tokens[static_cast<std::size_t>(window.after)].byteStart : text.size();
    return {begin, end};
}

} // namespace

std::string formatText(std::string_view text, const std::vector<Token> &tokens, const std::vector<TextMatch> &matches,
                       const CropFormat &format, const HighlightMarks &marks)
{
    if (!format.highlight && !format.crop)
        return std::string(text);
    std::size_t begin = 0;
    std::size_t end = text.size();
    if (format.crop && *format.crop > 0)
        std::tie(begin, end) = cropBounds(text, tokens, matches, *format.crop);
    std::string out;
    if (begin > 0)
        out += marks.crop;
    std::size_t at = begin;
    for (std::size_t i = 0; format.highlight && i < matches.size(); ++i) {
        const TextMatch &match = matches[i];
        std::size_t from = tokens[match.firstToken].byteStart;
        std::size_t to = tokens[match.lastToken].byteEnd;
        if (to < begin || from > end)
            continue;
        from = std::max(from, begin);
        to = std::min(to, end);
        if (at < from)
            out += text.substr(at, from - at);
        std::size_t marked = from;
        for (std::uint32_t n = 0; n < match.charCount && marked < to; ++n)
            nextCode(text, marked);
        marked = std::min(marked, to);
        out += marks.before;
        out += text.substr(from, marked - from);
        out += marks.after;
        out += text.substr(marked, to - marked); // the rest of a word of which only the beginning matched
        at = to;
    }
    if (at < end)
        out += text.substr(at, end - at);
    if (end < text.size())
        out += marks.crop;
    return out;
}

} // namespace miroir::localnode
