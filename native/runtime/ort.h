/** ONNX Runtime's functions by name, and its errors as exceptions. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "runtime/ortAbi.h"

namespace mote {

/**
 * The functions of one loaded library, named as in its documentation. Those that return a status return null
 * for success; what they return goes through check(). The others can't fail.
 */
struct Ort {
	explicit Ort(const OrtApi* table) : api(table) {}

	const OrtApi* api;

	// Status
	OrtFunction<0, OrtStatus*(OrtErrorCode, const char* message)> CreateStatus{api};
	OrtFunction<2, const char*(const OrtStatus*)> GetErrorMessage{api};
	OrtFunction<93, void(OrtStatus*)> ReleaseStatus{api};

	// Environment and memory
	OrtFunction<3, OrtStatus*(OrtLoggingLevel, const char* id, OrtEnv**)> CreateEnv{api};
	OrtFunction<69, OrtStatus*(OrtAllocatorType, OrtMemoryType, OrtMemoryInfo**)> CreateCpuMemoryInfo{
		api};
	OrtFunction<78, OrtStatus*(OrtAllocator**)> GetAllocatorWithDefaultOptions{api};
	OrtFunction<76, OrtStatus*(OrtAllocator*, void*)> AllocatorFree{api};
	OrtFunction<
		68,
		OrtStatus*(const char* name, OrtAllocatorType, int device, OrtMemoryType, OrtMemoryInfo**)>
		CreateMemoryInfo{api};
	OrtFunction<94, void(OrtMemoryInfo*)> ReleaseMemoryInfo{api};
	OrtFunction<131, OrtStatus*(const OrtSession*, const OrtMemoryInfo*, OrtAllocator**)>
		CreateAllocator{api};
	OrtFunction<132, void(OrtAllocator*)> ReleaseAllocator{api};

	// Custom operators
	OrtFunction<26, OrtStatus*(const char* name, OrtCustomOpDomain**)> CreateCustomOpDomain{api};
	OrtFunction<27, OrtStatus*(OrtCustomOpDomain*, const OrtCustomOp*)> CustomOpDomain_Add{api};
	OrtFunction<101, void(OrtCustomOpDomain*)> ReleaseCustomOpDomain{api};

	// Options of a session
	OrtFunction<10, OrtStatus*(OrtSessionOptions**)> CreateSessionOptions{api};
	OrtFunction<13, OrtStatus*(OrtSessionOptions*, OrtExecutionMode)> SetSessionExecutionMode{api};
	OrtFunction<17, OrtStatus*(OrtSessionOptions*)> DisableMemPattern{api};
	OrtFunction<19, OrtStatus*(OrtSessionOptions*)> DisableCpuMemArena{api};
	OrtFunction<22, OrtStatus*(OrtSessionOptions*, OrtLoggingLevel)> SetSessionLogSeverityLevel{api};
	OrtFunction<23, OrtStatus*(OrtSessionOptions*, OrtGraphOptimizationLevel)>
		SetSessionGraphOptimizationLevel{api};
	OrtFunction<24, OrtStatus*(OrtSessionOptions*, int threads)> SetIntraOpNumThreads{api};
	OrtFunction<25, OrtStatus*(OrtSessionOptions*, int threads)> SetInterOpNumThreads{api};
	OrtFunction<28, OrtStatus*(OrtSessionOptions*, OrtCustomOpDomain*)> AddCustomOpDomain{api};
	OrtFunction<130, OrtStatus*(OrtSessionOptions*, const char* key, const char* value)>
		AddSessionConfigEntry{api};
	OrtFunction<100, void(OrtSessionOptions*)> ReleaseSessionOptions{api};
	OrtFunction<205, OrtStatus*(OrtCUDAProviderOptionsV2**)> CreateCUDAProviderOptions{api};
	OrtFunction<
		206,
		OrtStatus*(
			OrtCUDAProviderOptionsV2*, const char* const* keys, const char* const* values, size_t
		)>
		UpdateCUDAProviderOptions{api};
	OrtFunction<204, OrtStatus*(OrtSessionOptions*, const OrtCUDAProviderOptionsV2*)>
		SessionOptionsAppendExecutionProvider_CUDA_V2{api};
	OrtFunction<208, void(OrtCUDAProviderOptionsV2*)> ReleaseCUDAProviderOptions{api};

	// Session
	OrtFunction<
		7,
		OrtStatus*(const OrtEnv*, const char* path, const OrtSessionOptions*, OrtSession**)>
		CreateSession{api};
	OrtFunction<30, OrtStatus*(const OrtSession*, size_t*)> SessionGetInputCount{api};
	OrtFunction<31, OrtStatus*(const OrtSession*, size_t*)> SessionGetOutputCount{api};
	OrtFunction<36, OrtStatus*(const OrtSession*, size_t, OrtAllocator*, char**)> SessionGetInputName{
		api};
	OrtFunction<37, OrtStatus*(const OrtSession*, size_t, OrtAllocator*, char**)>
		SessionGetOutputName{api};
	OrtFunction<95, void(OrtSession*)> ReleaseSession{api};

	// One pass
	OrtFunction<39, OrtStatus*(OrtRunOptions**)> CreateRunOptions{api};
	OrtFunction<46, OrtStatus*(OrtRunOptions*)> RunOptionsSetTerminate{api};
	OrtFunction<47, OrtStatus*(OrtRunOptions*)> RunOptionsUnsetTerminate{api};
	OrtFunction<97, void(OrtRunOptions*)> ReleaseRunOptions{api};
	OrtFunction<134, OrtStatus*(OrtSession*, OrtIoBinding**)> CreateIoBinding{api};
	OrtFunction<136, OrtStatus*(OrtIoBinding*, const char* name, const OrtValue*)> BindInput{api};
	OrtFunction<137, OrtStatus*(OrtIoBinding*, const char* name, const OrtValue*)> BindOutput{api};
	OrtFunction<133, OrtStatus*(OrtSession*, const OrtRunOptions*, const OrtIoBinding*)>
		RunWithBinding{api};
	OrtFunction<135, void(OrtIoBinding*)> ReleaseIoBinding{api};
	OrtFunction<141, void(OrtIoBinding*)> ClearBoundInputs{api};
	OrtFunction<142, void(OrtIoBinding*)> ClearBoundOutputs{api};
	/** Waits until what the device writes has been written. */
	OrtFunction<203, OrtStatus*(OrtIoBinding*)> SynchronizeBoundOutputs{api};

	// Tensors
	OrtFunction<
		49,
		OrtStatus*(const OrtMemoryInfo*, void* data, size_t bytes, const int64_t* shape, size_t dimensions, OrtElementType, OrtValue**)>
		CreateTensorWithDataAsOrtValue{api};
	OrtFunction<
		48,
		OrtStatus*(OrtAllocator*, const int64_t* shape, size_t dimensions, OrtElementType, OrtValue**)>
		CreateTensorAsOrtValue{api};
	/** Serves for reading too, so there is a const that the library's own declaration lacks. */
	OrtFunction<51, OrtStatus*(const OrtValue*, void**)> GetTensorMutableData{api};
	OrtFunction<65, OrtStatus*(const OrtValue*, OrtTensorTypeAndShapeInfo**)> GetTensorTypeAndShape{
		api};
	OrtFunction<60, OrtStatus*(const OrtTensorTypeAndShapeInfo*, OrtElementType*)>
		GetTensorElementType{api};
	OrtFunction<61, OrtStatus*(const OrtTensorTypeAndShapeInfo*, size_t*)> GetDimensionsCount{api};
	OrtFunction<62, OrtStatus*(const OrtTensorTypeAndShapeInfo*, int64_t* dimensions, size_t count)>
		GetDimensions{api};
	OrtFunction<99, void(OrtTensorTypeAndShapeInfo*)> ReleaseTensorTypeAndShapeInfo{api};
	OrtFunction<96, void(OrtValue*)> ReleaseValue{api};

	// Kernels of custom operators
	OrtFunction<85, OrtStatus*(const OrtKernelInfo*, const char* name, float*)>
		KernelInfoGetAttribute_float{api};
	OrtFunction<86, OrtStatus*(const OrtKernelInfo*, const char* name, int64_t*)>
		KernelInfoGetAttribute_int64{api};
	OrtFunction<230, OrtStatus*(const OrtKernelInfo*, size_t*)> KernelInfo_GetInputCount{api};
	OrtFunction<
		249,
		OrtStatus*(const OrtKernelInfo*, size_t input, int* isConstant, const OrtValue**)>
		KernelInfoGetConstantInput_tensor{api};
	OrtFunction<88, OrtStatus*(const OrtKernelContext*, size_t*)> KernelContext_GetInputCount{api};
	OrtFunction<89, OrtStatus*(const OrtKernelContext*, size_t*)> KernelContext_GetOutputCount{api};
	OrtFunction<90, OrtStatus*(const OrtKernelContext*, size_t, const OrtValue**)>
		KernelContext_GetInput{api};
	OrtFunction<
		91,
		OrtStatus*(OrtKernelContext*, size_t, const int64_t* shape, size_t dimensions, OrtValue**)>
		KernelContext_GetOutput{api};
	/** Calls `task(data, i)` for each i below `tasks`, on the session's threads; `batches` 0 is its choice. */
	OrtFunction<
		274,
		OrtStatus*(
			const OrtKernelContext*, void (*task)(void*, size_t), size_t tasks, size_t batches, void* data
		)>
		KernelContext_ParallelFor{api};

	/**
	 * Does nothing for null; otherwise releases the status.
	 *
	 * @throws std::runtime_error with the library's message
	 */
	void check(OrtStatus* status) const {
		if (status == nullptr) {
			return;
		}
		const std::string message = GetErrorMessage(status);
		ReleaseStatus(status);
		throw std::runtime_error(message);
	}

	/**
	 * Runs what may throw behind a C boundary.
	 *
	 * @returns null, or a status with the exception's message for the library
	 */
	template <typename Work>
	OrtStatus* statusOf(Work&& work) const noexcept {
		try {
			work();
			return nullptr;
		} catch (const std::exception& error) {
			return CreateStatus(OrtErrorCode::fail, error.what());
		} catch (...) {
			return CreateStatus(OrtErrorCode::fail, "an unknown exception");
		}
	}
};

} // namespace mote
