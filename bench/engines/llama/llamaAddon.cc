// llama.cpp behind the few calls of `Backend` (src/engine/backend.ts), for comparisons: one model a process,
// one context for each KV cache. Everything runs on the calling thread and throws a JavaScript error.

#include <node_api.h>

#include <algorithm>
#include <vector>

#include "libllama.h"

namespace mote::bench {
namespace {

const LlamaLibrary* llama = nullptr;

struct Context {
	llama_context* handle;
	ggml_threadpool* threadpool; // null for one thread, which is the caller's
};

napi_value fail(napi_env env, const std::string& message) {
	napi_throw_error(env, nullptr, message.c_str());
	return nullptr;
}

std::vector<napi_value> arguments(napi_env env, napi_callback_info info, std::size_t count) {
	std::vector<napi_value> values(count);
	napi_get_cb_info(env, info, &count, values.data(), nullptr, nullptr);
	return values;
}

std::string stringOf(napi_env env, napi_value value) {
	std::size_t length = 0;
	napi_get_value_string_utf8(env, value, nullptr, 0, &length);
	std::string text(length + 1, '\0');
	napi_get_value_string_utf8(env, value, text.data(), text.size(), &length);
	text.resize(length);
	return text;
}

std::int32_t integerOf(napi_env env, napi_value value) {
	std::int32_t integer = 0;
	napi_get_value_int32(env, value, &integer);
	return integer;
}

template <typename Pointee>
Pointee* externalOf(napi_env env, napi_value value) {
	void* pointer = nullptr;
	napi_get_value_external(env, value, &pointer);
	return static_cast<Pointee*>(pointer);
}

napi_value external(napi_env env, void* pointer) {
	napi_value value = nullptr;
	napi_create_external(env, pointer, nullptr, nullptr, &value);
	return value;
}

void setNumber(napi_env env, napi_value object, const char* name, std::int64_t number) {
	napi_value value = nullptr;
	napi_create_int64(env, number, &value);
	napi_set_named_property(env, object, name, value);
}

void setString(napi_env env, napi_value object, const char* name, const char* text) {
	napi_value value = nullptr;
	napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
	napi_set_named_property(env, object, name, value);
}

// load(libraryPath, backendFolder, modelPath): { model, vocabularySize, contextLength, features }
napi_value load(napi_env env, napi_callback_info info) {
	const auto args = arguments(env, info, 3);
	std::string problem;
	llama = loadLlamaLibrary(stringOf(env, args[0]), stringOf(env, args[1]), problem);
	if (llama == nullptr) {
		return fail(env, "llama.cpp could not be loaded: " + problem);
	}
	llama_model* model = llama->llama_model_load_from_file(stringOf(env, args[2]).c_str(),
	                                                       llama->llama_model_default_params());
	if (model == nullptr) {
		return fail(env, "llama.cpp could not load the model: " + lastComplaint());
	}
	napi_value loaded = nullptr;
	napi_create_object(env, &loaded);
	napi_set_named_property(env, loaded, "model", external(env, model));
	setNumber(env, loaded, "vocabularySize",
	          llama->llama_vocab_n_tokens(llama->llama_model_get_vocab(model)));
	setNumber(env, loaded, "contextLength", llama->llama_model_n_ctx_train(model));
	setString(env, loaded, "features", llama->llama_print_system_info());
	return loaded;
}

// freeModel(model)
napi_value freeModel(napi_env env, napi_callback_info info) {
	llama->llama_model_free(externalOf<llama_model>(env, arguments(env, info, 1)[0]));
	return nullptr;
}

// createContext(model, positions, threads): context
napi_value createContext(napi_env env, napi_callback_info info) {
	const auto args = arguments(env, info, 3);
	const std::int32_t threads = integerOf(env, args[2]);
	ContextParams params = llama->llama_context_default_params();
	params.positions = static_cast<std::uint32_t>(integerOf(env, args[1]));
	params.maxOutputsPerSequence = 0;
	params.threads = threads;
	params.batchThreads = threads;
	llama_context* handle =
	    llama->llama_init_from_model(externalOf<llama_model>(env, args[0]), params);
	if (handle == nullptr) {
		return fail(env, "llama.cpp could not create a context: " + lastComplaint());
	}
	auto* context = new Context{handle, nullptr};
	if (threads > 1) {
		// Without a pool, threads are started anew for every pass.
		ThreadpoolParams poolParams{};
		llama->ggml_threadpool_params_init(&poolParams, threads);
		context->threadpool = llama->ggml_threadpool_new(&poolParams);
		llama->llama_attach_threadpool(handle, context->threadpool, context->threadpool);
	}
	return external(env, context);
}

// freeContext(context)
napi_value freeContext(napi_env env, napi_callback_info info) {
	auto* context = externalOf<Context>(env, arguments(env, info, 1)[0]);
	llama->llama_free(context->handle);
	if (context->threadpool != nullptr) {
		llama->ggml_threadpool_free(context->threadpool);
	}
	delete context;
	return nullptr;
}

// capacity(context): positions
napi_value capacity(napi_env env, napi_callback_info info) {
	auto* context = externalOf<Context>(env, arguments(env, info, 1)[0]);
	napi_value value = nullptr;
	napi_create_uint32(env, llama->llama_n_ctx(context->handle), &value);
	return value;
}

// rewind(context, length)
napi_value rewind(napi_env env, napi_callback_info info) {
	const auto args = arguments(env, info, 2);
	auto* context = externalOf<Context>(env, args[0]);
	llama->llama_memory_seq_rm(llama->llama_get_memory(context->handle), 0, integerOf(env, args[1]), -1);
	return nullptr;
}

// copy(from, to)
napi_value copy(napi_env env, napi_callback_info info) {
	const auto args = arguments(env, info, 2);
	auto* from = externalOf<Context>(env, args[0]);
	auto* to = externalOf<Context>(env, args[1]);
	std::vector<std::uint8_t> state(llama->llama_state_seq_get_size(from->handle, 0));
	llama->llama_state_seq_get_data(from->handle, state.data(), state.size(), 0);
	if (llama->llama_state_seq_set_data(to->handle, state.data(), state.size(), 0) == 0) {
		return fail(env, "llama.cpp could not copy a sequence: " + lastComplaint());
	}
	return nullptr;
}

// decode(context, tokens: Int32Array, logits: Float32Array, rows): the last `rows` tokens' logits
napi_value decode(napi_env env, napi_callback_info info) {
	const auto args = arguments(env, info, 4);
	auto* context = externalOf<Context>(env, args[0]);
	std::size_t count = 0;
	void* tokenData = nullptr;
	napi_get_typedarray_info(env, args[1], nullptr, &count, &tokenData, nullptr, nullptr);
	std::size_t room = 0;
	void* logitData = nullptr;
	napi_get_typedarray_info(env, args[2], nullptr, &room, &logitData, nullptr, nullptr);
	const auto rows = static_cast<std::size_t>(integerOf(env, args[3]));
	const std::size_t rowLength = rows == 0 ? 0 : room / rows;
	std::vector<std::int8_t> wantsLogits(count, 0);
	std::fill(wantsLogits.end() - static_cast<std::ptrdiff_t>(rows), wantsLogits.end(), std::int8_t{1});
	const auto* tokens = static_cast<const std::int32_t*>(tokenData);
	auto* out = static_cast<float*>(logitData);
	const std::size_t most = llama->llama_context_default_params().batchTokens;
	for (std::size_t start = 0; start < count; start += most) {
		const std::size_t size = std::min(most, count - start);
		const Batch batch{static_cast<std::int32_t>(size), tokens + start, nullptr, nullptr, nullptr,
		                  nullptr, wantsLogits.data() + start};
		if (llama->llama_decode(context->handle, batch) != 0) {
			return fail(env, "llama.cpp could not run the model: " + lastComplaint());
		}
		for (std::size_t i = 0; i < size; i++) {
			if (wantsLogits[start + i] != 0) {
				const float* row =
				    llama->llama_get_logits_ith(context->handle, static_cast<std::int32_t>(i));
				out = std::copy_n(row, rowLength, out);
			}
		}
	}
	return nullptr;
}

napi_value exportAll(napi_env env, napi_value exports) {
	const struct {
		const char* name;
		napi_callback callback;
	} functions[] = {
	    {"load", load},         {"freeModel", freeModel}, {"createContext", createContext},
	    {"freeContext", freeContext}, {"capacity", capacity},   {"rewind", rewind},
	    {"copy", copy},         {"decode", decode},
	};
	for (const auto& [name, callback] : functions) {
		napi_value function = nullptr;
		napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
		napi_set_named_property(env, exports, name, function);
	}
	return exports;
}

} // namespace

NAPI_MODULE_INIT() {
	return exportAll(env, exports);
}

} // namespace mote::bench
