import { describe, expect, test } from "vitest";
import { gpuFaultOf, gpuFaultSentence, isNews } from "../../../../src/engine/gpu/gpuFault.ts";
import { runtimeError } from "../../../../src/engine/runtimeError.ts";

describe("what a runtime says is understood:", () => {
	test.each([
		["CUDA failure 100: no CUDA-capable device is detected ; GPU=-1", "noDevice"],
		["Failed to get a WebGPU adapter: No supported adapters.", "noDevice"],
		["CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version", "oldDriver"],
		["BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer", "outOfMemory"],
		["CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED", "outOfMemory"],
		["CUDA failure 2: out of memory ; GPU=0 ; hostname=x", "outOfMemory"],
		["8007000E Not enough memory resources are available: E_OUTOFMEMORY", "outOfMemory"],
		["887A0005 The GPU device instance has been suspended: DXGI_ERROR_DEVICE_REMOVED", "lost"],
		["WebGPU device lost (2): Device was destroyed.", "lost"],
		["CUDA failure 719: unspecified launch failure", "lost"],
		["libp.so with error: libcuda.so.1: cannot open shared object file", "noDevice"],
		["libcudnn.so.9: cannot open shared object file: No such file or directory", "noLibrary"],
		["libx.so: undefined symbol: _ZN11onnxruntime12Provider_GetEv", "wrongLibrary"],
		["ONNX Runtime 1.14.0 is too old: at least 1.17 is needed", "wrongLibrary"],
		["Shader compilation failed", "failed"],
	])("%s", (message, kind) => {
		expect(gpuFaultOf(runtimeError("It could not run", new Error(message))).kind).toBe(kind);
		expect(gpuFaultOf(new Error(message)).kind).toBe(kind);
	});
});

test("a message of thousands of characters and lines becomes a piece of a sentence", () => {
	const fault = gpuFaultOf(new Error(`bad\n${"x".repeat(5000)}`));
	const sentence = gpuFaultSentence("webgpu", fault);
	expect(sentence).toMatch(/^WebGPU is not used, because it could not run the model \(bad x+…\);/);
	expect(sentence.length).toBeLessThan(450);
	expect(isNews(fault)).toBe(true);
});

test("a library that is missing is named", () => {
	const said =
		"Failed to load library libp.so with error: libcublas.so.13: cannot open shared object file";
	expect(gpuFaultOf(new Error(said))).toEqual({ kind: "noLibrary", wanted: "libcublas.so.13" });
});

test.each([
	[
		"libonnxruntime_providers_cuda.so",
		"“Mote: Manage Models” downloads it (290.9 MB), or put it into the folder that “mote.engine.gpuLibraries” names",
	],
	[
		"libonnxruntime_providers_shared.so",
		"“Mote: Manage Models” downloads it (290.9 MB), or put it into the folder that “mote.engine.gpuLibraries” names",
	],
	["libx.so", "put it into the folder that “mote.engine.gpuLibraries” names"],
	...[
		"libcublasLt.so.13",
		"libcudart.so.13",
		"libcudnn.so.9",
		"libcufft.so.12",
		"libnvrtc.so.13",
	].map((name) => [
		name,
		"install CUDA 13 and cuDNN 9 from NVIDIA, or what the libraries in the folder that “mote.engine.gpuLibraries” names were made for",
	]),
])("where %s comes from is said by whom it is of", (wanted, mended) => {
	expect(gpuFaultSentence("cuda", { kind: "noLibrary", wanted })).toBe(
		`CUDA is not used, because ${wanted} is not there; ${mended}.`,
	);
});

test("what isn't even an error is said as it is", () => {
	expect(gpuFaultOf("gone")).toEqual({ kind: "failed", detail: "gone" });
});
