// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/HighlightFormat.h"

#include "localnode/FilterEval.h"
#include "protocol/AttributeCheck.h"
#include "protocol/Query.h"

#include <algorithm>
#include <cmath>

namespace miroir::localnode {

HitPrinter::HitPrinter(const IndexData &data, const protocol::SearchRequest &request, HighlightMatcher matcher)
    : m_data(data), m_request(request), m_matcher(std::move(matcher)),
      m_marks {request.highlightPreTag, request.highlightPostTag, request.cropMarker},
      m_retrieved(retrievedFields(data, request.attributesToRetrieve)), m_displayed(displayedFields(data))
{
    addFormats();
    if (request.sort) {
        if (const auto sort = protocol::parseSort(*request.sort, "invalid_search_sort")) {
            const auto geo = std::find_if(sort->begin(), sort->end(), [](const auto &rule) { return rule.geo; });
            if (geo != sort->end())
                m_geoSort = GeoPoint {geo->latitude, geo->longitude};
        }
    }
    m_unifiedAttribute = std::any_of(
        data.settings.rankingRules.begin(), data.settings.rankingRules.end(),
        [](const protocol::RankingRule &rule) { return rule.kind == protocol::RankingRule::Kind::Attribute; });
}

void HitPrinter::setFormat(const std::string &name, const CropFormat &format, bool highlight)
{
    const auto &displayed = m_data.settings.displayedAttributes;
    const auto set = [&](const std::string &field) {
        CropFormat &slot = m_formats[field];
        if (highlight)
            slot.highlight = true;
        else
            slot.crop = format.crop;
    };
    if (name == "*") {
        for (const std::string &field : displayed ? *displayed : m_data.fields.names()) {
            if (m_data.fields.find(field))
                set(field);
        }
    } else if (m_data.fields.find(name)
               && (!displayed || std::find(displayed->begin(), displayed->end(), name) != displayed->end())) {
        set(name);
    }
}

void HitPrinter::addFormats()
{
    for (const std::string &name : m_request.attributesToHighlight.value_or(std::vector<std::string> {}))
        setFormat(name, {}, true);
    for (const std::string &entry : m_request.attributesToCrop.value_or(std::vector<std::string> {})) {
        std::string name = entry;
        CropFormat format {false, static_cast<std::size_t>(m_request.cropLength)};
        const std::size_t colon = entry.rfind(':');
        if (colon != std::string::npos) {
            name = entry.substr(0, colon);
            if (const auto length = protocol::parsePositive(entry.substr(colon + 1)))
                format.crop = static_cast<std::size_t>(*length);
        }
        setFormat(name, format, false);
    }
    if (m_formats.empty())
        return;
    // What is retrieved is shown as well, only not formatted.
    std::set<std::string> names;
    for (const std::string &field : m_data.fields.names()) {
        if (m_formats.contains(field) || m_retrieved.match(field) == FieldSelection::Match::Whole)
            names.insert(field);
    }
    m_formatted = FieldSelection(std::move(names));
}

/// All entries that touch the field, above or below it, act together.
std::optional<CropFormat> HitPrinter::formatOf(std::string_view path) const
{
    std::optional<CropFormat> out;
    for (const auto &[name, format] : m_formats) {
        if (!protocol::isWithin(name, path) && !protocol::isWithin(path, name))
            continue;
        if (!out)
            out = CropFormat();
        out->highlight = out->highlight || format.highlight;
        if (!out->crop)
            out->crop = format.crop;
    }
    return out;
}

QByteArray HitPrinter::print(DocId doc, const ScoreDetails &details) const
{
    const auto parsed = json::Document::parse(m_data.documents[doc].json);
    MIROIR_ASSERT(parsed.ok()); // only checked documents are stored
    const json::Value root = parsed->root();
    json::Writer out;
    out.beginObject();
    writeSelected(out, m_data, root, m_retrieved);
    if (m_request.retrieveVectors && m_displayed.match(vectorsField) != FieldSelection::Match::None)
        out.key(vectorsField).raw(vectorsJson(m_data, doc, root));
    if (m_geoSort)
        writeGeoDistance(out, root);
    Positions positions;
    if (!m_formats.empty() || m_request.showMatchesPosition)
        writeFormatted(out, root, positions);
    if (m_request.showMatchesPosition) {
        out.key("_matchesPosition").beginObject();
        for (const auto &[name, list] : positions)
            out.key(name).raw(list);
        out.endObject();
    }
    if (m_request.showRankingScore)
        out.key("_rankingScore").number(globalScore(details));
    if (m_request.showRankingScoreDetails) {
        const QByteArray printed = scoreDetailsJson(details, m_unifiedAttribute);
        out.key("_rankingScoreDetails").raw({printed.constData(), static_cast<std::size_t>(printed.size())});
    }
    out.endObject();
    return out.take();
}

void HitPrinter::writeGeoDistance(json::Writer &out, const json::Value &document) const
{
    // Only what is shown of the document counts, as on a node.
    const bool shown = m_retrieved.match("_geo.lat") == FieldSelection::Match::Whole
        && m_retrieved.match("_geo.lng") == FieldSelection::Match::Whole;
    const json::Value geo = document[geoField];
    const auto lat = geoNumber(geo["lat"]);
    const auto lng = geoNumber(geo["lng"]);
    if (shown && lat && lng)
        out.key("_geoDistance")
            .number(static_cast<std::uint64_t>(std::round(geoDistanceMetres(*m_geoSort, {*lat, *lng}))));
}

void HitPrinter::writeFormatted(json::Writer &out, const json::Value &document, Positions &positions) const
{
    json::Writer formatted;
    bool any = false;
    formatted.beginObject();
    for (const json::Member &member : orderedMembers(m_data, document)) {
        const std::string name = member.key();
        const bool container = member.value.isObject() || member.value.isArray();
        const FieldSelection::Match match = m_formatted.match(name);
        const bool shown = match == FieldSelection::Match::Whole || (match == FieldSelection::Match::Part && container);
        std::vector<std::size_t> indices;
        if (shown)
            formatted.key(name);
        any = any || shown;
        writeValue(shown ? &formatted : nullptr, member.value, name, indices, positions);
    }
    formatted.endObject();
    if (any)
        out.key("_formatted").raw({formatted.bytes().constData(), static_cast<std::size_t>(formatted.bytes().size())});
}

/// `out` is null for parts that are only looked at for positions.
void HitPrinter::writeValue(json::Writer *out, const json::Value &value, const std::string &path,
                            std::vector<std::size_t> &indices, Positions &positions) const
{
    if (value.isObject())
        return writeObject(out, value, path, indices, positions);
    if (!value.isArray())
        return writeLeaf(out, value, path, indices, positions);
    const bool whole = m_formatted.match(path) == FieldSelection::Match::Whole;
    if (out != nullptr)
        out->beginArray();
    std::size_t index = 0;
    for (const json::Value item : value.items()) {
        indices.push_back(index++);
        const bool shown = whole || item.isObject() || item.isArray();
        writeValue(shown ? out : nullptr, item, path, indices, positions);
        indices.pop_back();
    }
    if (out != nullptr)
        out->endArray();
}

void HitPrinter::writeObject(json::Writer *out, const json::Value &value, const std::string &path,
                             std::vector<std::size_t> &indices, Positions &positions) const
{
    if (out != nullptr)
        out->beginObject();
    for (const json::Member member : value.members()) {
        const std::string name = member.key();
        const std::string inner = path + '.' + name;
        const FieldSelection::Match match = m_formatted.match(inner);
        const bool container = member.value.isObject() || member.value.isArray();
        const bool shown = out != nullptr
            && (match == FieldSelection::Match::Whole || (match == FieldSelection::Match::Part && container));
        if (shown)
            out->key(name);
        writeValue(shown ? out : nullptr, member.value, inner, indices, positions);
    }
    if (out != nullptr)
        out->endObject();
}

void HitPrinter::writeLeaf(json::Writer *out, const json::Value &value, const std::string &path,
                           const std::vector<std::size_t> &indices, Positions &positions) const
{
    const bool text = value.isString() || value.isNumber();
    const bool displayed = m_displayed.match(path) != FieldSelection::Match::None;
    if (!text || !displayed) {
        if (out != nullptr)
            out->raw(value.raw());
        return;
    }
    const auto format = formatOf(path);
    const bool wanted = out != nullptr && format && (format->highlight || format->crop);
    const std::string content = value.isString() ? value.toString() : json::compact(value);
    if (!wanted && !m_request.showMatchesPosition) {
        if (out != nullptr)
            out->string(content);
        return;
    }
    const std::vector<Token> tokens = m_data.highlighter.tokenize(content);
    const std::vector<TextMatch> matches = m_matcher.find(tokens);
    if (m_request.showMatchesPosition && !matches.empty()) {
        json::Writer list;
        list.beginArray();
        for (const TextMatch &match : matches) {
            list.beginObject().key("start").number(std::uint64_t {tokens[match.firstToken].byteStart});
            list.key("length").number(std::uint64_t {matchBytes(tokens, match)});
            if (!indices.empty()) {
                list.key("indices").beginArray();
                for (const std::size_t index : indices)
                    list.number(std::uint64_t {index});
                list.endArray();
            }
            list.endObject();
        }
        list.endArray();
        positions[path] = list.take().toStdString(); // of several items of an array the last one is told
    }
    if (out != nullptr)
        out->string(wanted ? formatText(content, tokens, matches, *format, m_marks) : content);
}

} // namespace miroir::localnode
