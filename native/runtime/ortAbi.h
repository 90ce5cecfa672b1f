/**
 * The part of ONNX Runtime's C interface that we use, declared by ourselves: its headers come in no package
 * of reasonable size.
 *
 * That is safe because the interface is a binary contract that is only ever appended to: a function keeps
 * its slot in the table and its signature, an enum its values, and a struct the order of its members, in all
 * later versions. Slots, values and layouts below are those of onnxruntime_c_api.h since version 17, which
 * is the lowest that has all of them; it is what we ask the library for, so every library since 1.17 serves.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote {

/** Asked of the library, and written into every OrtCustomOp: tells which members of that struct exist. */
inline constexpr uint32_t kOrtApiVersion = 17;

struct OrtStatus;
struct OrtEnv;
struct OrtSession;
struct OrtSessionOptions;
struct OrtRunOptions;
struct OrtIoBinding;
struct OrtValue;
struct OrtMemoryInfo;
struct OrtAllocator;
struct OrtTensorTypeAndShapeInfo;
struct OrtCustomOpDomain;
struct OrtKernelInfo;
struct OrtKernelContext;
struct OrtShapeInferContext;
struct OrtCUDAProviderOptionsV2;

/** The library's table of functions, of which Ort in ort.h names those that we use. */
struct OrtApi {
	using Function = void (*)();
	/** As many as the version has; the last that we use is slot 274. */
	Function slots[275];
};

/** What OrtGetApiBase() of the library returns. */
struct OrtApiBase {
	/** Null where the library is older than `version`. */
	const OrtApi* (*GetApi)(uint32_t version);
	/** For example "1.30.0". */
	const char* (*GetVersionString)();
};

enum class OrtErrorCode : int32_t { ok = 0, fail = 1, invalidArgument = 2 };

enum class OrtLoggingLevel : int32_t { warning = 2, error = 3, fatal = 4 };

enum class OrtElementType : int32_t {
	undefined = 0,
	float32 = 1,
	uint8 = 2,
	int8 = 3,
	int32 = 6,
	int64 = 7,
	float16 = 10,
};

enum class OrtGraphOptimizationLevel : int32_t { none = 0, all = 99 };

enum class OrtExecutionMode : int32_t { sequential = 0, parallel = 1 };

enum class OrtAllocatorType : int32_t { device = 0, arena = 1 };

enum class OrtMemoryType : int32_t { normal = 0 };

enum class OrtCharacteristic : int32_t { required = 0, optional = 1, variadic = 2 };

/**
 * An operator of ours. Static: the library keeps the pointer as long as the domain that it was added to.
 * Members that stay null are left to the library. An omitted optional input is one whose name in the graph
 * is empty or that stands behind the last one given; KernelContext_GetInput gives null for the former.
 *
 * No function may throw: exceptions don't cross a C interface.
 */
struct OrtCustomOp {
	uint32_t version = kOrtApiVersion;

	/** Superseded by CreateKernelV2. */
	void* (*CreateKernel)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*) = nullptr;

	const char* (*GetName)(const OrtCustomOp*) = nullptr;
	/** Returns null for the CPU's provider. */
	const char* (*GetExecutionProviderType)(const OrtCustomOp*) = nullptr;

	OrtElementType (*GetInputType)(const OrtCustomOp*, size_t index) = nullptr;
	size_t (*GetInputTypeCount)(const OrtCustomOp*) = nullptr;
	OrtElementType (*GetOutputType)(const OrtCustomOp*, size_t index) = nullptr;
	size_t (*GetOutputTypeCount)(const OrtCustomOp*) = nullptr;

	/** Superseded by KernelComputeV2. */
	void (*KernelCompute)(void* kernel, OrtKernelContext*) = nullptr;
	void (*KernelDestroy)(void* kernel) = nullptr;

	OrtCharacteristic (*GetInputCharacteristic)(const OrtCustomOp*, size_t index) = nullptr;
	OrtCharacteristic (*GetOutputCharacteristic)(const OrtCustomOp*, size_t index) = nullptr;
	OrtMemoryType (*GetInputMemoryType)(const OrtCustomOp*, size_t index) = nullptr;

	int (*GetVariadicInputMinArity)(const OrtCustomOp*) = nullptr;
	int (*GetVariadicInputHomogeneity)(const OrtCustomOp*) = nullptr;
	int (*GetVariadicOutputMinArity)(const OrtCustomOp*) = nullptr;
	int (*GetVariadicOutputHomogeneity)(const OrtCustomOp*) = nullptr;

	/** Null for success; otherwise a status that the library releases. */
	OrtStatus* (*CreateKernelV2
	)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*, void** kernel) = nullptr;
	OrtStatus* (*KernelComputeV2)(void* kernel, OrtKernelContext*) = nullptr;

	OrtStatus* (*InferOutputShapeFn)(const OrtCustomOp*, OrtShapeInferContext*) = nullptr;
	int (*GetStartVersion)(const OrtCustomOp*) = nullptr;
	int (*GetEndVersion)(const OrtCustomOp*) = nullptr;
};

static_assert(offsetof(OrtCustomOp, CreateKernelV2) == 17 * sizeof(void*));
static_assert(sizeof(OrtCustomOp) == 22 * sizeof(void*));

/** What stands in `slot` of the table, callable with its signature. */
template <size_t slot, typename Signature>
class OrtFunction;

template <size_t slot, typename Result, typename... Arguments>
class OrtFunction<slot, Result(Arguments...)> {
 public:
	explicit OrtFunction(const OrtApi* api)
			: function_(reinterpret_cast<Result (*)(Arguments...)>(api->slots[slot])) {}

	Result operator()(Arguments... arguments) const { return function_(arguments...); }

 private:
	Result (*function_)(Arguments...);
};

} // namespace mote
