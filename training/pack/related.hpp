// Which pieces of a package's other files stand in front of an example: those that share rare names with the code around
// the cursor, definitions first.  It stands in for the context engine of the extension, and like it never sees the middle.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../tokenizer/bpe.hpp"

namespace related {

constexpr size_t kWindowLines = 12;
constexpr size_t kMinNameBytes = 3;
constexpr size_t kMaxPostings = 400;        // a name in more windows than this says nothing about any of them
constexpr double kDefinitionBonus = 2.0;    // times the weight of the name that the window defines

struct Piece { size_t document, begin, end; };      // bytes [begin, end) of documents[document].text

inline bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool in_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }

// Calls visit(name, offset) for each name in the text.
template <typename Visit>
void for_each_name(std::string_view text, Visit visit) {
    for (size_t at = 0; at < text.size();) {
        if (!starts_name(text[at])) { at += 1; continue; }
        size_t end = at;
        while (end < text.size() && in_name(text[end])) ++end;
        if (end - at >= kMinNameBytes) visit(text.substr(at, end - at), at);
        at = end;
    }
}

// Whether the word before a name says that the name is defined here, in any of the languages of the corpus.
inline bool is_defining_word(std::string_view word) {
    static const std::set<std::string_view> words{"class", "def", "function", "interface", "type", "enum", "struct", "fn", "func", "trait",
                                                  "const", "let", "var", "namespace", "union", "record", "typedef", "define"};
    return words.count(word) != 0;
}

class Package {
  public:
    explicit Package(const std::vector<bpe::Document>& documents) : documents_(documents) {
        for (size_t k = 0; k < documents.size(); ++k) add(k);
    }

    // Pieces for a cursor in documents[own] with this text around it, best first.
    std::vector<Piece> around(size_t own, std::string_view before, std::string_view after, size_t count) const {
        std::unordered_map<uint32_t, double> scores;
        std::unordered_map<uint32_t, uint32_t> best_definition;      // window -> where in its text the defined name's line begins
        std::set<std::string_view> seen;
        auto look = [&](std::string_view name, size_t) {
            if (!seen.insert(name).second) return;
            auto found = postings_.find(name);
            if (found == postings_.end() || found->second.size() > kMaxPostings) return;
            double weight = std::log(static_cast<double>(windows_.size() + 1) / static_cast<double>(found->second.size()));
            for (const Posting& posting : found->second) {
                if (windows_[posting.window].document == own) continue;
                scores[posting.window] += weight * (posting.defines ? 1 + kDefinitionBonus : 1);
                if (posting.defines) best_definition.emplace(posting.window, posting.line_begin);
            }
        };
        for_each_name(before, look);
        for_each_name(after, look);
        std::vector<std::pair<double, uint32_t>> order;
        order.reserve(scores.size());
        for (const auto& [window, score] : scores) order.emplace_back(-score, window);
        size_t n = std::min(count, order.size());
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), order.end());
        std::vector<Piece> pieces;
        for (size_t k = 0; k < n; ++k) {
            Piece piece = windows_[order[k].second];
            auto definition = best_definition.find(order[k].second);
            if (definition != best_definition.end()) piece.begin = definition->second;
            pieces.push_back(piece);
        }
        return pieces;
    }

  private:
    struct Posting { uint32_t window, line_begin; bool defines; };

    void add(size_t document) {
        std::string_view text = documents_[document].text;
        for (size_t begin = 0; begin < text.size();) {
            size_t end = begin;
            for (size_t line = 0; line < kWindowLines && end < text.size(); ++line) {
                size_t newline = text.find('\n', end);
                end = newline == std::string_view::npos ? text.size() : newline + 1;
            }
            add_window({document, begin, end}, text);
            begin = end;
        }
    }

    void add_window(Piece piece, std::string_view text) {
        auto window = static_cast<uint32_t>(windows_.size());
        windows_.push_back(piece);
        std::string_view previous;
        for_each_name(text.substr(piece.begin, piece.end - piece.begin), [&](std::string_view name, size_t at) {
            bool defines = is_defining_word(previous);
            previous = name;
            std::vector<Posting>& list = postings_[name];
            if (!list.empty() && list.back().window == window) {
                if (!defines || list.back().defines) return;
                list.pop_back();
            }
            size_t offset = piece.begin + at;
            size_t newline = offset ? text.rfind('\n', offset - 1) : std::string_view::npos;
            size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
            list.push_back({window, static_cast<uint32_t>(std::max(line_begin, piece.begin)), defines});
        });
    }

    const std::vector<bpe::Document>& documents_;
    std::vector<Piece> windows_;
    std::unordered_map<std::string_view, std::vector<Posting>> postings_;
};

}  // namespace related
