// Byte-level BPE whose merges may cross spaces inside a line.
//
// Token ids: 0..15 special tokens, 16..271 the 256 bytes in order of value, 272.. one per merge in order of rank.
// The pre-tokenizer is the regular expression  \n[ \t\n]*|[^\n]{1,128}  (tokenizer.json carries the same one):
// a newline with the white space after it, or a run of up to 128 code points inside a line.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bpe {

constexpr uint32_t kSpecialTokens = 16;
constexpr uint32_t kFirstMerge = kSpecialTokens + 256;
constexpr size_t kMaxRunCodePoints = 128;
enum Special : uint16_t { kEndOfText = 0, kRepo = 1, kFile = 2, kFimPrefix = 3, kFimSuffix = 4, kFimMiddle = 5, kPad = 6 };

// End of the pre-token that starts at `begin`.
inline size_t pre_token_end(std::string_view text, size_t begin) {
    size_t end = begin;
    if (text[end] == '\n') {
        while (++end < text.size() && (text[end] == '\n' || text[end] == ' ' || text[end] == '\t')) {}
        return end;
    }
    size_t code_points = 0;
    while (end < text.size() && text[end] != '\n') {
        bool starts_code_point = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
        if (starts_code_point && ++code_points > kMaxRunCodePoints) break;
        ++end;
    }
    return end;
}

inline std::string read_file(const char* path) {
    std::FILE* file = std::fopen(path, "rb");
    if (!file) { std::perror(path); std::exit(1); }
    std::string text;
    char buffer[1 << 16];
    for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
    std::fclose(file);
    return text;
}

// One document of a corpus file (see corpus/records.py).
struct Document { std::string_view package, language, path, text; };

inline std::vector<Document> read_documents(std::string_view corpus) {
    std::vector<Document> documents;
    for (size_t begin = 0; begin < corpus.size();) {
        size_t end = corpus.find('\x1e', begin);
        if (end == std::string_view::npos) end = corpus.size();
        std::string_view fields[4];
        size_t at = begin;
        for (int k = 0; k < 3; ++k) {
            size_t next = corpus.find('\x1f', at);
            fields[k] = corpus.substr(at, next - at);
            at = next + 1;
        }
        documents.push_back({fields[0], fields[1], fields[2], corpus.substr(at, end - at)});
        begin = end + 1;
    }
    return documents;
}

class Encoder {
  public:
    // `merges_path`: one merge a line, as two token ids.
    explicit Encoder(const char* merges_path) : slots_(kSlots, Slot{kEmpty, 0}) {
        std::FILE* file = std::fopen(merges_path, "r");
        if (!file) { std::perror(merges_path); std::exit(1); }
        lengths_.assign(kSpecialTokens, 0);
        lengths_.resize(kFirstMerge, 1);
        for (unsigned left, right; std::fscanf(file, "%u %u", &left, &right) == 2;) {
            insert(left, right, static_cast<uint32_t>(lengths_.size()));
            lengths_.push_back(lengths_[left] + lengths_[right]);
        }
        std::fclose(file);
    }

    // Bytes of text a token stands for; 0 for special tokens.
    size_t byte_length(uint32_t id) const { return lengths_[id]; }
    size_t vocabulary_size() const { return lengths_.size(); }

    // Appends the tokens of `text`, which is tokenised on its own.
    void encode(std::string_view text, std::vector<uint16_t>& out) {
        for (size_t begin = 0; begin < text.size();) {
            size_t end = pre_token_end(text, begin);
            encode_pre_token(text.substr(begin, end - begin), out);
            begin = end;
        }
    }

  private:
    static constexpr uint32_t kSlots = 1 << 17, kEmpty = ~0u, kNoMerge = ~0u;
    struct Slot { uint32_t key, id; };

    static uint32_t hash(uint32_t key) { return (key * 2654435761u) >> 15; }
    void insert(uint32_t left, uint32_t right, uint32_t id) {
        uint32_t key = left << 16 | right, at = hash(key);
        while (slots_[at].key != kEmpty) at = (at + 1) & (kSlots - 1);
        slots_[at] = {key, id};
    }
    uint32_t find(uint32_t left, uint32_t right) const {
        uint32_t key = left << 16 | right;
        for (uint32_t at = hash(key); slots_[at].key != kEmpty; at = (at + 1) & (kSlots - 1))
            if (slots_[at].key == key) return slots_[at].id;
        return kNoMerge;
    }

    // The lowest-ranked pair is merged first, the leftmost of equals: ids grow with rank, so the merged id is the rank.
    void encode_pre_token(std::string_view piece, std::vector<uint16_t>& out) {
        ids_.clear();
        for (unsigned char byte : piece) ids_.push_back(kSpecialTokens + byte);
        ranks_.assign(ids_.size(), kNoMerge);
        for (size_t i = 0; i + 1 < ids_.size(); ++i) ranks_[i] = find(ids_[i], ids_[i + 1]);
        while (ids_.size() > 1) {
            size_t best = 0;
            for (size_t i = 1; i + 1 < ids_.size(); ++i) if (ranks_[i] < ranks_[best]) best = i;
            if (ranks_[best] == kNoMerge) break;
            ids_[best] = ranks_[best];
            ids_.erase(ids_.begin() + best + 1);
            ranks_.erase(ranks_.begin() + best + 1);
            ranks_[best] = best + 1 < ids_.size() ? find(ids_[best], ids_[best + 1]) : kNoMerge;
            if (best > 0) ranks_[best - 1] = find(ids_[best - 1], ids_[best]);
        }
        out.insert(out.end(), ids_.begin(), ids_.end());
    }

    std::vector<Slot> slots_;
    std::vector<size_t> lengths_;
    std::vector<uint32_t> ids_, ranks_;
};

}  // namespace bpe
