// Packs a corpus into fixed-length fill-in-the-middle sequences, with fresh character-level splits at each call (epoch).
//
// usage: pack MERGES.txt CORPUS.rec OUT.u16 --length T [--seed N] [--fim SHARE] [--spm SHARE] [--context SHARE]
//             [--languages a,b,...]
//
// OUT.u16: rows of T + 1 little-endian uint16 (inputs are the first T, targets the last T), shuffled, padded with <|pad|>.
// A row holds files of one package only, so plain causal attention over it is right; files of a directory follow each
// other.  One example is
//   plain  <|file|> path \n text <|endoftext|>
//   SPM    <|file|> path \n <|fim_suffix|> suffix <|fim_prefix|> prefix <|fim_middle|> middle <|endoftext|>
//   PSM    <|file|> path \n <|fim_prefix|> prefix <|fim_suffix|> suffix <|fim_middle|> middle <|endoftext|>
// with "path \n", prefix, suffix and middle tokenised each on its own, as at run time.  A share of the fill-in-the-middle
// examples has pieces of the package's other files in front, the most relevant last (related.hpp):
//   <|repo|> path \n piece <|repo|> path \n piece <|file|> ...
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <set>

#include "../tokenizer/bpe.hpp"
#include "related.hpp"

namespace {

struct Options {
    const char* merges = nullptr;
    const char* corpus = nullptr;
    const char* out = nullptr;
    size_t length = 1024;
    uint64_t seed = 1;
    double fim = 0.75, spm = 0.75, context = 0;
    std::set<std::string, std::less<>> languages;           // empty: all
};

constexpr double kBytesPerToken = 3.6;      // a little under the corpus mean of 4.1: most first tries then fit
constexpr double kSuffixShare = 0.3;        // of a sequence; what the extension sends after the cursor
constexpr double kNoSuffixShare = 0.12;     // of the examples: the cursor at the end of what is written
constexpr size_t kMinRoomTokens = 64;       // less room than this is padded
constexpr size_t kMaxBlockLines = 12;
constexpr double kContextShareMin = 0.12, kContextShareMax = 0.5;   // of a sequence, where an example has context at all
constexpr size_t kContextPieces = 12;       // looked for; the budget decides how many stand in front
constexpr size_t kQueryLinesBefore = 24, kQueryLinesAfter = 8;      // whose names decide what is relevant

class Random {
  public:
    explicit Random(uint64_t seed) : engine_(seed) {}
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    size_t below(size_t n) { return n ? static_cast<size_t>(uniform() * static_cast<double>(n)) : 0; }
    bool chance(double p) { return uniform() < p; }
    std::mt19937_64& engine() { return engine_; }

  private:
    std::mt19937_64 engine_;
};

size_t line_begin(std::string_view t, size_t at) { size_t k = at ? t.rfind('\n', at - 1) : std::string_view::npos; return k == std::string_view::npos ? 0 : k + 1; }
size_t line_end(std::string_view t, size_t at) { size_t k = t.find('\n', at); return k == std::string_view::npos ? t.size() : k; }
size_t indent_of(std::string_view t, size_t begin) { size_t k = begin; while (k < t.size() && (t[k] == ' ' || t[k] == '\t')) ++k; return k - begin; }
bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
size_t snap(std::string_view t, size_t at) { while (at < t.size() && continues_code_point(t[at])) ++at; return at; }

// A column of the line [begin, end): any character, one behind a place where people pause, or the indent.
size_t random_column(std::string_view t, size_t begin, size_t end, Random& random) {
    size_t indent = std::min(begin + indent_of(t, begin), end);
    double kind = random.uniform();
    if (kind < 0.2) return indent;
    size_t at = indent + random.below(end - indent + 1);
    if (kind < 0.5)
        while (at > indent && !std::strchr(" .(,=:{[<\"'", t[at - 1])) --at;
    return std::min(snap(t, at), end);
}

// First position behind the block that starts at the line of `begin`: lines indented deeper, and one closing line.
size_t block_end(std::string_view t, size_t begin) {
    size_t depth = indent_of(t, begin), end = line_end(t, begin);
    for (size_t line = 1; line < kMaxBlockLines && end < t.size(); ++line) {
        size_t next = end + 1, next_end = line_end(t, next);
        bool blank = next + indent_of(t, next) >= next_end;
        if (!blank && indent_of(t, next) <= depth) {
            char first = t[next + indent_of(t, next)];
            if (indent_of(t, next) == depth && (first == '}' || first == ')' || first == ']')) end = next_end;
            break;
        }
        if (blank && indent_of(t, next_end + 1 < t.size() ? next_end + 1 : next) <= depth) break;
        end = next_end;
    }
    return end;
}

struct Span { size_t begin, end; };

// What a person would have typed next at a place near `near`.
Span editor_span(std::string_view t, size_t near, Random& random) {
    size_t begin = line_begin(t, near), end = line_end(t, near);
    for (int tries = 0; tries < 4 && end == begin && end < t.size(); ++tries) { begin = end + 1; end = line_end(t, begin); }  // not a blank line
    if (begin > t.size()) return {t.size(), t.size()};
    size_t cursor = random_column(t, begin, end, random);
    double kind = random.uniform();
    if (kind < 0.45) return {cursor, end};                                            // the rest of the line
    if (kind < 0.72) {                                                                // up to four lines
        size_t stop = end;
        for (size_t lines = 1 + random.below(4); lines > 1 && stop < t.size(); --lines) stop = line_end(t, stop + 1);
        return {cursor, stop};
    }
    if (kind < 0.88) return {random.chance(0.5) ? std::min(begin + indent_of(t, begin), end) : cursor, block_end(t, begin)};   // a statement or block
    if (kind < 0.95) return {cursor, std::min(snap(t, cursor + random.below(end - cursor + 1)), end)};  // inside a line
    return {cursor, cursor};                                                          // nothing to add
}

class Packer {
  public:
    Packer(const Options& options, bpe::Encoder& encoder) : options_(options), encoder_(encoder), random_(options.seed) {}

    void add_package(std::vector<bpe::Document> documents) {
        std::shuffle(documents.begin(), documents.end(), random_.engine());
        std::map<std::string_view, uint64_t> directory_rank;
        for (const auto& d : documents) directory_rank.emplace(directory(d.path), random_.engine()());
        std::stable_sort(documents.begin(), documents.end(), [&](const auto& a, const auto& b) {
            return directory_rank[directory(a.path)] < directory_rank[directory(b.path)]; });
        related::Package package(documents);
        documents_ = &documents;
        package_ = options_.context > 0 && documents.size() > 1 ? &package : nullptr;
        for (own_ = 0; own_ < documents.size(); ++own_) add_document(documents[own_]);
        flush();
    }

    void write(const char* path) {
        std::vector<size_t> order(rows_.size());
        for (size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::shuffle(order.begin(), order.end(), random_.engine());
        std::FILE* file = std::fopen(path, "wb");
        if (!file) { std::perror(path); std::exit(1); }
        for (size_t i : order) std::fwrite(rows_[i].data(), 2, rows_[i].size(), file);
        std::fclose(file);
        double tokens = static_cast<double>(rows_.size()) * static_cast<double>(options_.length + 1);
        std::fprintf(stderr, "%zu sequences of %zu + 1, %.2fM tokens, %zu examples (%zu FIM, %zu tried with context), padding %.1f %%\n",
                     rows_.size(), options_.length, tokens / 1e6, examples_, fim_examples_, context_examples_, 100 * static_cast<double>(padding_) / std::max(tokens, 1.0));
    }

  private:
    static std::string_view directory(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

    void add_document(const bpe::Document& document) {
        std::string heading = std::string(document.path) + "\n";
        std::vector<uint16_t> head{bpe::kFile};
        encoder_.encode(heading, head);
        if (head.size() > options_.length / 4) return;
        std::string_view rest = document.text;
        while (!rest.empty()) {
            size_t room = options_.length + 1 - row_.size();
            if (room < kMinRoomTokens + head.size()) { flush(); continue; }
            bool context = package_ && 2 * room >= options_.length && random_.chance(options_.context);
            rest.remove_prefix(add_example(rest, head, room, context));
        }
    }

    // Appends one example made from the start of `text` that fits `room` tokens; returns the bytes used.
    size_t add_example(std::string_view text, const std::vector<uint16_t>& head, size_t room, bool context) {
        bool fim = context || random_.chance(options_.fim), spm = random_.chance(options_.spm);
        double share = kContextShareMin + (kContextShareMax - kContextShareMin) * random_.uniform();
        size_t context_tokens = context ? static_cast<size_t>(share * static_cast<double>(room)) : 0;
        double target = static_cast<double>(room - head.size() - context_tokens) * kBytesPerToken;
        if (!context && room > options_.length / 2 && random_.chance(0.3)) target *= 0.3 + 0.7 * random_.uniform();
        for (;; target *= 0.8) {
            example_ = head;
            size_t used = fim ? write_fim(text, target, spm, context_tokens) : write_plain(text, target);
            if (example_.size() <= room) {
                row_.insert(row_.end(), example_.begin(), example_.end());
                ++examples_;
                fim_examples_ += fim;
                return used;
            }
        }
    }

    // About `bytes` bytes from the start of `text`, up to a line's end where there is one (its newline included).
    static size_t cut(std::string_view text, double bytes) {
        size_t n = static_cast<size_t>(std::max(bytes, 1.0));
        if (n >= text.size()) return text.size();
        size_t newline = text.rfind('\n', n);
        return newline == std::string_view::npos || newline < n / 2 ? std::max<size_t>(snap(text, n), 1) : newline + 1;
    }

    size_t write_plain(std::string_view text, double bytes) {
        size_t n = cut(text, bytes);
        encoder_.encode(text.substr(0, n), example_);
        if (n == text.size()) example_.push_back(bpe::kEndOfText);
        return n;
    }

    size_t write_fim(std::string_view text, double bytes, bool spm, size_t context_tokens) {
        size_t n = cut(text, bytes);
        double longest = std::min(kSuffixShare * static_cast<double>(options_.length) * kBytesPerToken, 0.5 * static_cast<double>(n));
        size_t suffix_bytes = random_.chance(kNoSuffixShare) ? 0 : static_cast<size_t>(random_.uniform() * longest);
        // The square root puts most cursors far down: long prefixes are what the model meets.
        size_t near = std::min(static_cast<size_t>(static_cast<double>(n - suffix_bytes) * std::sqrt(random_.uniform())), n - 1);
        Span middle = editor_span(text.substr(0, n), near, random_);
        size_t end = suffix_bytes ? std::min(n, std::max(middle.end + suffix_bytes, middle.end)) : middle.end;
        if (suffix_bytes && end < n) end = std::min(n, line_end(text, end) + 1);
        std::string_view prefix = text.substr(0, middle.begin), suffix = text.substr(middle.end, end - middle.end);
        if (context_tokens) put_context_in_front(prefix, suffix, context_tokens);
        if (spm) {
            example_.push_back(bpe::kFimSuffix);
            encoder_.encode(suffix, example_);
            example_.push_back(bpe::kFimPrefix);
            encoder_.encode(prefix, example_);
        } else {
            example_.push_back(bpe::kFimPrefix);
            encoder_.encode(prefix, example_);
            example_.push_back(bpe::kFimSuffix);
            encoder_.encode(suffix, example_);
        }
        example_.push_back(bpe::kFimMiddle);
        encoder_.encode(text.substr(middle.begin, middle.end - middle.begin), example_);
        example_.push_back(bpe::kEndOfText);
        return std::max<size_t>(end, 1);
    }

    // Puts pieces of other files before what `example_` holds so far, at most `budget` tokens, the most relevant last.
    void put_context_in_front(std::string_view prefix, std::string_view suffix, size_t budget) {
        size_t begin = prefix.size(), end = 0;
        for (size_t line = 0; line < kQueryLinesBefore && begin > 0; ++line) begin = line_begin(prefix, begin - 1);
        for (size_t line = 0; line < kQueryLinesAfter && end < suffix.size(); ++line) end = std::min(line_end(suffix, end) + 1, suffix.size());
        std::vector<std::vector<uint16_t>> pieces;
        size_t used = 0;
        for (related::Piece piece : package_->around(own_, prefix.substr(begin), suffix.substr(0, end), kContextPieces)) {
            const bpe::Document& document = (*documents_)[piece.document];
            std::vector<uint16_t> tokens{bpe::kRepo};
            encoder_.encode(std::string(document.path) + "\n", tokens);
            encoder_.encode(document.text.substr(piece.begin, piece.end - piece.begin), tokens);
            if (used + tokens.size() > budget) continue;
            used += tokens.size();
            pieces.push_back(std::move(tokens));
        }
        context_examples_ += !pieces.empty();
        std::vector<uint16_t> whole;
        whole.reserve(used + example_.size());
        for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) whole.insert(whole.end(), piece->begin(), piece->end());
        whole.insert(whole.end(), example_.begin(), example_.end());
        example_ = std::move(whole);
    }

    void flush() {
        if (row_.size() >= kMinRoomTokens) {
            padding_ += options_.length + 1 - row_.size();
            row_.resize(options_.length + 1, bpe::kPad);
            rows_.push_back(row_);
        }
        row_.clear();
    }

    const Options& options_;
    bpe::Encoder& encoder_;
    Random random_;
    std::vector<uint16_t> row_, example_;
    std::vector<std::vector<uint16_t>> rows_;
    size_t examples_ = 0, fim_examples_ = 0, context_examples_ = 0, padding_ = 0;
    const std::vector<bpe::Document>* documents_ = nullptr;     // of the package at hand
    const related::Package* package_ = nullptr;                 // unless no context is wanted
    size_t own_ = 0;                                            // the document at hand
};

Options parse(int argc, char** argv) {
    if (argc < 4) { std::fprintf(stderr, "usage: pack MERGES.txt CORPUS.rec OUT.u16 --length T [--seed N] [--fim SHARE] [--spm SHARE] [--context SHARE] [--languages a,b]\n"); std::exit(2); }
    Options options;
    options.merges = argv[1];
    options.corpus = argv[2];
    options.out = argv[3];
    for (int i = 4; i + 1 < argc; i += 2) {
        std::string_view name = argv[i];
        const char* value = argv[i + 1];
        if (name == "--length") options.length = std::strtoul(value, nullptr, 10);
        else if (name == "--seed") options.seed = std::strtoull(value, nullptr, 10);
        else if (name == "--fim") options.fim = std::atof(value);
        else if (name == "--spm") options.spm = std::atof(value);
        else if (name == "--context") options.context = std::atof(value);
        else if (name == "--languages") {
            for (const char* at = value; *at;) {
                size_t n = std::strcspn(at, ",");
                options.languages.emplace(at, n);
                at += n + (at[n] == ',');
            }
        } else { std::fprintf(stderr, "unknown option %s\n", argv[i]); std::exit(2); }
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    Options options = parse(argc, argv);
    bpe::Encoder encoder(options.merges);
    std::string corpus = bpe::read_file(options.corpus);
    Packer packer(options, encoder);
    std::vector<bpe::Document> package;
    for (const auto& document : bpe::read_documents(corpus)) {
        if (!options.languages.empty() && !options.languages.count(document.language)) continue;
        if (!package.empty() && package.back().package != document.package) { packer.add_package(std::move(package)); package = {}; }
        package.push_back(document);
    }
    if (!package.empty()) packer.add_package(std::move(package));
    packer.write(options.out);
}
