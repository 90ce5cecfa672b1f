import { join } from "node:path";
import { expect, test } from "vitest";
import { cudaFolders, findCudaLibrary } from "../../../../src/engine/gpu/cudaLibrary.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const provider = "libonnxruntime_providers_cuda.so";

test("CUDA's library is taken from the first folder that has its provider", async () => {
	using own = new TemporaryFolder({ "libonnxruntime.so.1": "" });
	using named = new TemporaryFolder({ "libonnxruntime.so.1.29.0": "", [provider]: "" });
	const found = await findCudaLibrary(["/nowhere", own.path, named.path]);
	expect(found).toMatchObject({
		kind: "found",
		path: join(named.path, "libonnxruntime.so.1.29.0"),
	});
});

test("another file of it is another version", async () => {
	using first = new TemporaryFolder({ "libonnxruntime.so.1": "", [provider]: "one" });
	using second = new TemporaryFolder({ "libonnxruntime.so.1": "", [provider]: "three" });
	const [a, b] = [await findCudaLibrary([first.path]), await findCudaLibrary([second.path])];
	expect([a, b]).toMatchObject([{ kind: "found" }, { kind: "found" }]);
	expect("version" in a && "version" in b && a.version !== b.version).toBe(true);
});

test("what is missing is named", async () => {
	using none = new TemporaryFolder({ "libonnxruntime.so.1": "" });
	using half = new TemporaryFolder({ [provider]: "", "libonnxruntime_providers_shared.so": "" });
	expect(await findCudaLibrary([none.path])).toEqual({ kind: "missing", wanted: provider });
	expect(await findCudaLibrary([half.path])).toEqual({
		kind: "missing",
		wanted: "libonnxruntime.so of the same release",
	});
});

test("what somebody has named goes before what comes with Mote, and that before what was downloaded", () => {
	const [own, downloaded] = ["/mote/runtime", "/cache/runtimes/cuda"];
	expect(cudaFolders({ named: "/mine", own, downloaded })).toEqual([
		"/mine",
		join("/mine", "lib"),
		own,
		downloaded,
	]);
	expect(cudaFolders({ named: undefined, own, downloaded })).toEqual([own, downloaded]);
});
