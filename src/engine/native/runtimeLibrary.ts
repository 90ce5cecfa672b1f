import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The library that onnxruntime-node brings along for this platform, on which the addon runs. */
export function runtimeLibraryPath(): string {
	const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
	const { platform, arch } = process;
	const fileName = platform === "darwin" ? "libonnxruntime.1.dylib" : "libonnxruntime.so.1";
	return join(dirname(manifest), "bin/napi-v6", platform, arch, fileName);
}
