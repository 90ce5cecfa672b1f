// Trains the BPE merges.
//
// usage: train CORPUS.rec VOCABULARY_SIZE MERGES.txt [KEEP_ONE_IN]
//
// KEEP_ONE_IN thins the three most frequent languages (TypeScript, JavaScript, Python), so that the rest are heard.
#include <algorithm>
#include <queue>

#include "bpe.hpp"

namespace {

using Pair = uint64_t;                                     // left id << 32 | right id
constexpr size_t kMaxTokenBytes = 32, kMaxBlankBytes = 64;  // longer tokens are licence phrases and rulers

struct PairHash {
    size_t operator()(Pair x) const { x ^= x >> 33; x *= 0xff51afd7ed558ccdULL; return x ^ (x >> 33); }
};

struct Word { std::vector<uint32_t> ids; int64_t count; };

std::vector<Word> count_pre_tokens(const std::vector<bpe::Document>& documents, size_t keep_one_in) {
    std::unordered_map<std::string_view, int64_t> counts;
    counts.reserve(1 << 22);
    size_t index = 0;
    for (const auto& document : documents) {
        bool frequent = document.language == "typescript" || document.language == "javascript" || document.language == "python";
        if (frequent && index++ % keep_one_in) continue;
        for (size_t begin = 0; begin < document.text.size();) {
            size_t end = bpe::pre_token_end(document.text, begin);
            ++counts[document.text.substr(begin, end - begin)];
            begin = end;
        }
    }
    std::vector<std::pair<std::string_view, int64_t>> ordered(counts.begin(), counts.end());
    std::sort(ordered.begin(), ordered.end());              // hash order must not decide ties
    std::vector<Word> words;
    for (const auto& [text, count] : ordered) {
        if (text.size() < 2) continue;
        Word word{{}, count};
        for (unsigned char byte : text) word.ids.push_back(bpe::kSpecialTokens + byte);
        words.push_back(std::move(word));
    }
    return words;
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\n") == std::string::npos; }

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) { std::fprintf(stderr, "usage: train CORPUS.rec VOCABULARY_SIZE MERGES.txt [KEEP_ONE_IN]\n"); return 2; }
    std::string corpus = bpe::read_file(argv[1]);
    size_t vocabulary = std::strtoul(argv[2], nullptr, 10);
    std::vector<Word> words = count_pre_tokens(bpe::read_documents(corpus), argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1);
    std::fprintf(stderr, "%zu bytes, %zu distinct pre-tokens\n", corpus.size(), words.size());

    std::vector<std::string> tokens(bpe::kFirstMerge);
    for (int byte = 0; byte < 256; ++byte) tokens[bpe::kSpecialTokens + byte] = std::string(1, static_cast<char>(byte));
    std::unordered_map<std::string, uint32_t> token_ids;
    for (uint32_t id = bpe::kSpecialTokens; id < tokens.size(); ++id) token_ids[tokens[id]] = id;

    std::unordered_map<Pair, int64_t, PairHash> pair_counts;
    std::unordered_map<Pair, std::vector<uint32_t>, PairHash> words_with;   // superset: entries are not removed
    for (uint32_t w = 0; w < words.size(); ++w)
        for (size_t k = 0; k + 1 < words[w].ids.size(); ++k) {
            Pair pair = Pair(words[w].ids[k]) << 32 | words[w].ids[k + 1];
            pair_counts[pair] += words[w].count;
            auto& list = words_with[pair];
            if (list.empty() || list.back() != w) list.push_back(w);
        }
    // Largest count first, then the smallest pair; stale entries are corrected when they come up.
    using Entry = std::pair<int64_t, Pair>;
    auto later = [](const Entry& a, const Entry& b) { return a.first != b.first ? a.first < b.first : a.second > b.second; };
    std::priority_queue<Entry, std::vector<Entry>, decltype(later)> queue(later);
    for (const auto& [pair, count] : pair_counts) queue.push({count, pair});

    std::FILE* out = std::fopen(argv[3], "w");
    while (tokens.size() < vocabulary && !queue.empty()) {
        auto [count, pair] = queue.top();
        queue.pop();
        auto found = pair_counts.find(pair);
        if (found == pair_counts.end() || found->second <= 0) continue;
        if (found->second != count) { queue.push({found->second, pair}); continue; }
        uint32_t left = pair >> 32, right = static_cast<uint32_t>(pair);
        std::string text = tokens[left] + tokens[right];
        // A second way to spell an existing token would make ranks and ids disagree, so it is not a merge.
        if (text.size() > (is_blank(text) ? kMaxBlankBytes : kMaxTokenBytes) || token_ids.count(text)) {
            pair_counts.erase(found);
            words_with.erase(pair);
            continue;
        }
        uint32_t id = tokens.size();
        tokens.push_back(text);
        token_ids[text] = id;
        std::fprintf(out, "%u %u\n", left, right);

        std::vector<uint32_t> affected = std::move(words_with[pair]);
        std::vector<Pair> changed;
        for (uint32_t w : affected) {
            auto& ids = words[w].ids;
            int64_t n = words[w].count;
            bool present = false;
            for (size_t i = 0; i + 1 < ids.size() && !present; ++i) present = ids[i] == left && ids[i + 1] == right;
            if (!present) continue;
            for (size_t i = 0; i + 1 < ids.size(); ++i) {
                auto old = pair_counts.find(Pair(ids[i]) << 32 | ids[i + 1]);
                if (old != pair_counts.end()) old->second -= n;
            }
            size_t o = 0;
            for (size_t i = 0; i < ids.size();) {
                if (i + 1 < ids.size() && ids[i] == left && ids[i + 1] == right) { ids[o++] = id; i += 2; }
                else ids[o++] = ids[i++];
            }
            ids.resize(o);
            for (size_t i = 0; i + 1 < o; ++i) {
                Pair now = Pair(ids[i]) << 32 | ids[i + 1];
                bool is_new = ids[i] == id || ids[i + 1] == id;
                auto at = pair_counts.find(now);
                if (at == pair_counts.end()) {
                    if (!is_new) continue;                  // a pair that was refused above
                    at = pair_counts.emplace(now, 0).first;
                }
                at->second += n;
                if (is_new) {
                    auto& list = words_with[now];
                    if (list.empty() || list.back() != w) list.push_back(w);
                    changed.push_back(now);
                }
            }
        }
        pair_counts.erase(pair);
        words_with.erase(pair);
        std::sort(changed.begin(), changed.end());
        changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
        for (Pair p : changed) {
            auto at = pair_counts.find(p);
            if (at != pair_counts.end() && at->second > 0) queue.push({at->second, p});
        }
    }
    std::fclose(out);
    std::fprintf(stderr, "%zu tokens\n", tokens.size());
}
