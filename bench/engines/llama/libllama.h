// The part of llama.cpp's C interface that this comparison calls, as libllama v0.5.0 has it.
//
// The library is loaded at run time, so nothing of llama.cpp is needed to compile this. Structures that it
// passes by value are declared by the offsets of the few fields that we read or set; LlamaLibrary refuses a
// library whose defaults don't stand where they are expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mote::bench {

struct llama_model;
struct llama_context;
struct llama_vocab;
struct llama_memory;
struct ggml_backend_reg;
struct ggml_threadpool;

// How the model is loaded: every field stays at its default (mapped into memory, repacked for the processor).
struct ModelParams {
	alignas(8) unsigned char fields[256];
};

struct ContextParams {
	std::uint32_t positions;       // room of the KV cache
	std::uint32_t batchTokens;     // most tokens of one llama_decode
	std::uint32_t microBatchTokens; // most tokens of one graph
	std::uint32_t sequences;
	std::uint32_t recurrentSnapshots;
	std::uint32_t maxOutputs;
	std::uint32_t maxOutputsPerSequence;
	std::int32_t threads;      // for one token
	std::int32_t batchThreads; // for several
	std::int32_t kinds[4];
	std::int32_t flashAttention; // -1: where it can be used
	unsigned char rotary[32];
	unsigned char callback[16];
	std::int32_t keyType; // 1: float16
	std::int32_t valueType;
	// The library reads less than this much behind; room for what later versions add.
	alignas(8) unsigned char rest[144];
};
static_assert(offsetof(ContextParams, threads) == 28);
static_assert(offsetof(ContextParams, flashAttention) == 52);
static_assert(offsetof(ContextParams, keyType) == 104);
static_assert(sizeof(ContextParams) == 256);

// Tokens of one pass. Positions and sequences may be left out: the next ones, and sequence 0.
struct Batch {
	std::int32_t count;
	const std::int32_t* tokens;
	const float* embeddings;
	const std::int32_t* positions;
	const std::int32_t* sequenceCounts;
	const std::int32_t* const* sequences;
	const std::int8_t* wantsLogits;
};

// Large enough for ggml_threadpool_params, which starts with a mask of 512 processors.
struct ThreadpoolParams {
	alignas(8) unsigned char fields[2048];
};

struct LlamaLibrary {
	void (*llama_log_set)(void (*)(int level, const char* text, void*), void*);
	void (*llama_backend_init)();
	const char* (*llama_print_system_info)();
	ModelParams (*llama_model_default_params)();
	llama_model* (*llama_model_load_from_file)(const char* path, ModelParams);
	void (*llama_model_free)(llama_model*);
	const llama_vocab* (*llama_model_get_vocab)(const llama_model*);
	std::int32_t (*llama_vocab_n_tokens)(const llama_vocab*);
	std::int32_t (*llama_model_n_ctx_train)(const llama_model*);
	ContextParams (*llama_context_default_params)();
	llama_context* (*llama_init_from_model)(llama_model*, ContextParams);
	void (*llama_free)(llama_context*);
	std::uint32_t (*llama_n_ctx)(const llama_context*);
	llama_memory* (*llama_get_memory)(const llama_context*);
	bool (*llama_memory_seq_rm)(llama_memory*, std::int32_t sequence, std::int32_t from, std::int32_t to);
	std::size_t (*llama_state_seq_get_size)(llama_context*, std::int32_t sequence);
	std::size_t (*llama_state_seq_get_data)(llama_context*, std::uint8_t*, std::size_t, std::int32_t sequence);
	std::size_t (*llama_state_seq_set_data)(llama_context*, const std::uint8_t*, std::size_t, std::int32_t sequence);
	std::int32_t (*llama_decode)(llama_context*, Batch);
	const float* (*llama_get_logits_ith)(llama_context*, std::int32_t row);
	void (*llama_attach_threadpool)(llama_context*, ggml_threadpool* oneToken, ggml_threadpool* several);

	void (*ggml_backend_load_all_from_path)(const char* folder);
	std::size_t (*ggml_backend_reg_count)();
	ggml_backend_reg* (*ggml_backend_reg_get)(std::size_t index);
	void* (*ggml_backend_reg_get_proc_address)(ggml_backend_reg*, const char* name);
	void (*ggml_threadpool_params_init)(ThreadpoolParams*, int threads);

	// Of the processor's backend, which ggml_backend_load_all_from_path loads; null before.
	ggml_threadpool* (*ggml_threadpool_new)(ThreadpoolParams*);
	void (*ggml_threadpool_free)(ggml_threadpool*);
};

// Loads the library at `path` and the best of the processor's backends in `backendFolder`, once per process.
// Returns null, and says why in `problem`, when that isn't possible.
const LlamaLibrary* loadLlamaLibrary(const std::string& path, const std::string& backendFolder,
                                     std::string& problem);

// What the library last complained about, for error messages; empty when it didn't.
const std::string& lastComplaint();

} // namespace mote::bench
