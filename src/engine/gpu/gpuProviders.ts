/** What of ONNX Runtime runs a model on a GPU. */
export const gpuProviders = ["cuda", "directml", "coreml", "webgpu"] as const;
export type GpuProvider = (typeof gpuProviders)[number];

/** What a user may ask for: the fastest of all that there is, the processor, or one in any case. */
export const gpuSettings = ["auto", "off", ...gpuProviders] as const;
export type GpuSetting = (typeof gpuSettings)[number];

/** Whether an engine tries a provider under this value of `mote.engine.gpu`. */
export const isTried = (provider: GpuProvider, setting: GpuSetting): boolean =>
	setting === "auto" || setting === provider;

/** As their makers call them. */
export const providerNames: Readonly<Record<GpuProvider, string>> = {
	cuda: "CUDA",
	directml: "DirectML",
	coreml: "Core ML",
	webgpu: "WebGPU",
};

/**
 * Which of a model's graphs each runs. CUDA's attention and experts compute in float16 only. The others have no operator for
 * experts, or one that is right for some weights and silently wrong for others, as WebGPU's.
 */
export const deviceGraphs: Readonly<Record<GpuProvider, "dense" | "half">> = {
	cuda: "half",
	directml: "dense",
	coreml: "dense",
	webgpu: "dense",
};

/**
 * What there can be on each platform, by the names of `process.platform` and `process.arch`: the providers that
 * onnxruntime-node 1.30 has for it. CUDA needs Mote's addon, which keeps KV caches on the device; there is none for Windows.
 */
const offered: Readonly<Record<string, readonly GpuProvider[]>> = {
	"linux-x64": ["cuda", "webgpu"],
	"win32-x64": ["directml", "webgpu"],
	"win32-arm64": ["directml", "webgpu"],
	"darwin-arm64": ["coreml", "webgpu"],
};

/** In the order in which they are tried. None on a platform that nobody has thought of. */
export const gpuProvidersOn = (platform: string): readonly GpuProvider[] =>
	Object.hasOwn(offered, platform) ? (offered[platform] ?? []) : [];
