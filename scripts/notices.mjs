import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Writes the licences of the packages whose code is in the bundles or beside them, which their terms ask
 * for wherever they are passed on.
 *
 * @param {string} root of the repository
 * @param {readonly string[]} inputs files that went into the bundles, relative to `root`
 * @param {readonly string[]} copied names of packages whose files are copied as they are
 * @param {string} target file to write
 */
export async function writeNotices(root, inputs, copied, target) {
	const bundled = inputs.flatMap((input) => packageOf(input) ?? []);
	const names = [...new Set([...bundled, ...copied])].sort();
	const notices = await Promise.all(
		names.map((name) => noticeOf(path.join(root, "node_modules", name))),
	);
	await writeFile(
		target,
		`Mote contains the work of others, under the terms below.\n\n${notices.join(`\n${"=".repeat(80)}\n\n`)}`,
	);
}

/** The name of the package that a file under node_modules belongs to. */
function packageOf(file) {
	return /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

async function noticeOf(folder) {
	const { name, version, license } = JSON.parse(
		await readFile(path.join(folder, "package.json"), "utf8"),
	);
	const file = (await readdir(folder)).find((entry) => /^licen[cs]e([.-]|$)/i.test(entry));
	const text =
		file === undefined
			? `The package comes without the text of its licence, ${license}.\n`
			: await readFile(path.join(folder, file), "utf8");
	return `${name} ${version} (${license})\n\n${text}`;
}
