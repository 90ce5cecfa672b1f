// Encodes the texts of a corpus file, each on its own.
//
// usage: encode MERGES.txt CORPUS.rec OUT.bin
//
// OUT.bin, little-endian: per document a uint32 count and that many uint16 ids.
#include "bpe.hpp"

int main(int argc, char** argv) {
    if (argc != 4) { std::fprintf(stderr, "usage: encode MERGES.txt CORPUS.rec OUT.bin\n"); return 2; }
    bpe::Encoder encoder(argv[1]);
    std::string corpus = bpe::read_file(argv[2]);
    std::FILE* out = std::fopen(argv[3], "wb");
    if (!out) { std::perror(argv[3]); return 1; }
    size_t bytes = 0, tokens = 0;
    std::vector<uint16_t> ids;
    for (const auto& document : bpe::read_documents(corpus)) {
        ids.clear();
        encoder.encode(document.text, ids);
        uint32_t count = ids.size();
        std::fwrite(&count, sizeof count, 1, out);
        std::fwrite(ids.data(), sizeof(uint16_t), ids.size(), out);
        bytes += document.text.size();
        tokens += ids.size();
    }
    std::fclose(out);
    std::printf("%zu bytes, %zu tokens, %.3f bytes per token\n", bytes, tokens, static_cast<double>(bytes) / static_cast<double>(tokens));
}
