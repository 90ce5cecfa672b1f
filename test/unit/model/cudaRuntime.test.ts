/** What is fetched for CUDA, as far as that can be looked at without fetching it. */
import { expect, test } from "vitest";
import { cudaProviderName } from "../../../src/engine/gpu/cudaLibrary.ts";
import {
	cudaRuntime,
	cudaRuntimePlace,
	downloadBytes,
	installedBytes,
	runtimesPlace,
} from "../../../src/model/cudaRuntime.ts";

const { archives } = cudaRuntime;
const files = archives.flatMap((archive) => archive.files);

test("each archive and each file has a size, a checksum and a plain name of its own", () => {
	for (const { name, bytes, sha256 } of [...archives, ...files]) {
		expect(name).toMatch(/^\w[\w.-]{0,127}$/);
		expect(bytes).toBeGreaterThan(1000);
		expect(sha256).toMatch(/^[0-9a-f]{64}$/);
	}
	const all = [...archives, ...files];
	expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
	expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(all.length);
});

test("an archive is where a registry has it, and holds more than is taken out of it", () => {
	for (const { name, path, unpackedBytes, ...archive } of archives) {
		const packageName = name.replace(/-\d+[.]\d+[.]\d+[.]tgz$/, "");
		expect(path).toBe(`${packageName}/-/${name}`);
		const taken = archive.files.reduce((sum, { bytes }) => sum + bytes, 0);
		expect(unpackedBytes).toBeGreaterThan(taken);
		expect(unpackedBytes % 512).toBe(0);
	}
});

test("the library and its provider come into one folder, where the engine looks for them", () => {
	const names = files.map(({ name }) => name);
	expect(names).toContain(cudaProviderName);
	expect(names).toContain("libonnxruntime_providers_shared.so");
	expect(names.filter((name) => /^libonnxruntime[.]so/.test(name))).toHaveLength(1);
});

test("sizes for people are those of what is fetched and what stays", () => {
	expect([downloadBytes(cudaRuntime), installedBytes(cudaRuntime)]).toEqual([
		290_881_024, 274_521_880,
	]);
});

test("it lies in the user's cache, one for all editors", () => {
	const surroundings = { platform: "linux", environment: {}, home: "/home/me" } as const;
	expect(runtimesPlace(surroundings)).toBe("/home/me/.cache/mote/runtimes");
	expect(cudaRuntimePlace(surroundings)).toBe(
		"/home/me/.cache/mote/runtimes/onnxruntime-1.29.0-cuda13",
	);
});
