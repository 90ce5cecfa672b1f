/** What of onnxruntime-node runs on one platform, and nothing else of it. */
import { cp, readdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Copies what onnxruntime-node needs to run on one platform: 46 MB of the 290 MB that it installs for Linux on x64, and
 * neither its install script nor the packages which only that script uses.
 *
 * @param {string} modules node_modules of the repository
 * @param {string} target node_modules beside the bundles
 * @param {{ readonly platform: string, readonly arch: string }} machine as Node names them
 */
export async function copyRuntime(modules, target, { platform, arch }) {
	const binaries = `onnxruntime-node/bin/napi-v6/${platform}/${arch}`;
	for (const folder of [binaries, "onnxruntime-node/dist", "onnxruntime-common/dist/cjs"]) {
		await cp(path.join(modules, folder), path.join(target, folder), {
			recursive: true,
			filter: async (file) => (await stat(file)).isDirectory() || isNeeded(path.basename(file)),
		});
	}
	for (const name of ["onnxruntime-node", "onnxruntime-common"]) {
		const folder = path.join(modules, name);
		for (const file of await readdir(folder)) {
			if (/^(package[.]json|LICENSE.*|README[.]md)$/.test(file)) {
				await cp(path.join(folder, file), path.join(target, name, file));
			}
		}
	}
	// Marks the CommonJS build as such; without it Node would follow the package's "module" type.
	await cp(
		path.join(modules, "onnxruntime-common/dist/cjs/package.json"),
		path.join(target, "onnxruntime-common/dist/cjs/package.json"),
	);
}

/**
 * macOS has its library twice, under a name with the whole version too, which nothing asks for.
 *
 * @param {string} name
 */
function isNeeded(name) {
	return /[.](js|node|dll)$|[.]so([.]\d+)*$|^libonnxruntime[.]\d+[.]dylib$/.test(name);
}
