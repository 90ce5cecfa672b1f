#include "libllama.h"

#include <dlfcn.h>

namespace mote::bench {
namespace {

LlamaLibrary library;
std::string complaint;

// Levels of ggml's log.
constexpr int errorLevel = 4;

void keepComplaint(int level, const char* text, void*) {
	if (level == errorLevel) {
		complaint = text;
	}
}

template <typename Function>
bool resolve(void* handle, const char* name, Function& function, std::string& problem) {
	function = reinterpret_cast<Function>(dlsym(handle, name));
	if (function == nullptr) {
		problem = std::string("it lacks ") + name;
	}
	return function != nullptr;
}

#define RESOLVE(name) resolve(handle, #name, library.name, problem)

bool resolveAll(void* handle, std::string& problem) {
	return RESOLVE(llama_log_set) && RESOLVE(llama_backend_init) && RESOLVE(llama_print_system_info) &&
	       RESOLVE(llama_model_default_params) && RESOLVE(llama_model_load_from_file) &&
	       RESOLVE(llama_model_free) && RESOLVE(llama_model_get_vocab) && RESOLVE(llama_vocab_n_tokens) &&
	       RESOLVE(llama_model_n_ctx_train) && RESOLVE(llama_context_default_params) &&
	       RESOLVE(llama_init_from_model) && RESOLVE(llama_free) && RESOLVE(llama_n_ctx) &&
	       RESOLVE(llama_get_memory) && RESOLVE(llama_memory_seq_rm) && RESOLVE(llama_state_seq_get_size) &&
	       RESOLVE(llama_state_seq_get_data) && RESOLVE(llama_state_seq_set_data) && RESOLVE(llama_decode) &&
	       RESOLVE(llama_get_logits_ith) && RESOLVE(llama_attach_threadpool) &&
	       RESOLVE(ggml_backend_load_all_from_path) && RESOLVE(ggml_backend_reg_count) &&
	       RESOLVE(ggml_backend_reg_get) && RESOLVE(ggml_backend_reg_get_proc_address) &&
	       RESOLVE(ggml_threadpool_params_init);
}

#undef RESOLVE

// The library's defaults, which are known, must stand where libllama.h says.
bool hasExpectedLayout() {
	const ContextParams params = library.llama_context_default_params();
	return params.positions == 512 && params.batchTokens == 2048 && params.microBatchTokens == 512 &&
	       params.sequences == 1 && params.threads == 4 && params.batchThreads == 4 &&
	       params.flashAttention == -1 && params.keyType == 1 && params.valueType == 1;
}

void findThreadpool() {
	for (std::size_t i = 0; i < library.ggml_backend_reg_count(); i++) {
		ggml_backend_reg* backend = library.ggml_backend_reg_get(i);
		auto find = library.ggml_backend_reg_get_proc_address;
		if (void* create = find(backend, "ggml_threadpool_new")) {
			library.ggml_threadpool_new = reinterpret_cast<decltype(library.ggml_threadpool_new)>(create);
			library.ggml_threadpool_free = reinterpret_cast<decltype(library.ggml_threadpool_free)>(
			    find(backend, "ggml_threadpool_free"));
		}
	}
}

} // namespace

const LlamaLibrary* loadLlamaLibrary(const std::string& path, const std::string& backendFolder,
                                     std::string& problem) {
	void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
	if (handle == nullptr) {
		problem = dlerror();
		return nullptr;
	}
	if (!resolveAll(handle, problem)) {
		return nullptr;
	}
	if (!hasExpectedLayout()) {
		problem = "its llama_context_params are laid out otherwise than in v0.5.0";
		return nullptr;
	}
	library.llama_log_set(keepComplaint, nullptr);
	library.llama_backend_init();
	library.ggml_backend_load_all_from_path(backendFolder.c_str());
	findThreadpool();
	if (library.ggml_threadpool_new == nullptr || library.ggml_threadpool_free == nullptr) {
		problem = "no backend in " + backendFolder + " runs on this processor";
		return nullptr;
	}
	return &library;
}

const std::string& lastComplaint() {
	return complaint;
}

} // namespace mote::bench
