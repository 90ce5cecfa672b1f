import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

export interface BundledChild {
	readonly path: string;
	remove(): Promise<void>;
}

/** Bundles an entry point of a forked process, as the build does, into a folder of its own. */
export async function bundleChild(entryPoint: string): Promise<BundledChild> {
	const root = join(import.meta.dirname, "../../out");
	await mkdir(root, { recursive: true });
	// Below the repository, so that the packages left out of the bundle are found.
	const folder = await mkdtemp(join(root, "child-"));
	const path = join(folder, "child.mjs");
	await build({
		entryPoints: [join(import.meta.dirname, "../..", entryPoint)],
		outfile: path,
		bundle: true,
		platform: "node",
		format: "esm",
		external: ["onnxruntime-node"],
		banner: {
			js: 'import { createRequire as moteCreateRequire } from "node:module"; const require = moteCreateRequire(import.meta.url);',
		},
		logLevel: "error",
	});
	return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
