/** Holds the licence of every package that is installed against what may ship, and against what may be used to build. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const root = path.resolve(import.meta.dirname, "../..");

const lockSchema = z.object({
	packages: z.record(
		z.string(),
		z.object({
			license: z.string().optional(),
			dev: z.boolean().optional(),
			dependencies: z.record(z.string(), z.string()).optional(),
			optionalDependencies: z.record(z.string(), z.string()).optional(),
		}),
	),
});

function packagesOf(lock: string): z.infer<typeof lockSchema>["packages"] {
	return lockSchema.parse(JSON.parse(readFileSync(path.join(root, lock), "utf8"))).packages;
}

/** May be passed on with Mote under its own terms, which their notices keep. */
const shippable: ReadonlySet<string> = new Set([
	"0BSD",
	"Apache-2.0",
	"BSD-2-Clause",
	"BSD-3-Clause",
	"CC0-1.0",
	"ISC",
	"MIT",
	// Of what only the command line of a bundled package needs.
	"PSF-2.0",
]);

/** Of tools, which build and test and don't ship. */
const usable: ReadonlySet<string> = new Set([
	...shippable,
	"Artistic-2.0",
	"BlueOak-1.0.0",
	"CC-BY-3.0",
	"CC-BY-4.0",
	"MPL-2.0",
	"Python-2.0",
	"WTFPL",
]);

/** States its licence, MIT, in a field that the lock file doesn't have. */
const statedElsewhere: ReadonlySet<string> = new Set(["node_modules/httpolyglot"]);

/** Signs packages for the marketplace; comes with the packer, under terms of its own, and isn't used here. */
const ownTerms = /^node_modules\/@vscode\/vsce-sign(?:-[\w-]+)?$/;

/** Whether a licence of SPDX is allowed: one of several that may be chosen, all of several that hold together. */
function isAllowed(license: string | undefined, allowed: ReadonlySet<string>): boolean {
	if (license === undefined) {
		return false;
	}
	const bare = license.replace(/^\((.*)\)$/, "$1");
	if (/[()]/.test(bare)) {
		return false;
	}
	return bare
		.split(" OR ")
		.some((choice) => choice.split(" AND ").every((one) => allowed.has(one.trim())));
}

describe("an expression of licences", () => {
	test.each([
		["MIT", true],
		["(MIT OR GPL-3.0)", true],
		["(MPL-2.0 OR Apache-2.0)", true],
		["(Apache-2.0 AND BSD-3-Clause)", true],
		["(MIT AND GPL-3.0)", false],
		["GPL-3.0-only", false],
		["SEE LICENSE IN LICENSE.txt", false],
		["((MIT))", false],
		[undefined, false],
	])("%s may ship: %s", (license, expected) => {
		expect(isAllowed(license, shippable)).toBe(expected);
	});
});

test.each(["package-lock.json", "test/workbench/package-lock.json"])(
	"every package of %s may be used",
	(lock) => {
		const packages = Object.entries(packagesOf(lock)).filter(([name]) => name !== "");
		expect(packages.length).toBeGreaterThan(100);
		const refused = packages
			.filter(
				([name, { license }]) =>
					!isAllowed(license, usable) && !ownTerms.test(name) && !statedElsewhere.has(name),
			)
			.map(([name, { license }]) => `${name}: ${license ?? "none"}`);
		expect(refused).toEqual([]);
	},
);

test("every package whose code ships may be passed on", () => {
	const packages = packagesOf("package-lock.json");
	const ships = new Set<string>();
	const add = (name: string, from: string): void => {
		const found = resolved(name, from, packages);
		if (found === undefined || ships.has(found)) {
			return;
		}
		ships.add(found);
		const { dependencies = {}, optionalDependencies = {} } = packages[found] ?? {};
		for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
			add(next, found);
		}
	};
	const imported = importedPackages();
	expect(imported).toEqual(expect.arrayContaining(["onnxruntime-node", "uplot", "zod"]));
	for (const name of imported) {
		add(name, "");
	}
	const refused = [...ships]
		.filter((name) => !isAllowed(packages[name]?.license, shippable))
		.map((name) => `${name}: ${packages[name]?.license ?? "none"}`);
	expect(refused).toEqual([]);
});

/** Names of the packages that sources import, and of those that the build copies as they are. */
function importedPackages(): readonly string[] {
	const sources = globSync("src/**/*.ts", { cwd: root }).map((file) =>
		readFileSync(path.join(root, file), "utf8"),
	);
	const specifiers = sources.flatMap((text) =>
		[...text.matchAll(/^(?:\} from|import .* from|import) "((?!\.|node:)[@\w./-]+)";$/gm)].map(
			([, specifier]) => specifier ?? "",
		),
	);
	const names = specifiers.map((specifier) =>
		specifier
			.split("/")
			.slice(0, specifier.startsWith("@") ? 2 : 1)
			.join("/"),
	);
	const beside = ["@vscode/tree-sitter-wasm", "node-addon-api", "onnxruntime-common"];
	return [...new Set([...names, ...beside])].filter((name) => name !== "vscode").sort();
}

/** Where Node finds a package from another one, in the lock file. */
function resolved(
	name: string,
	from: string,
	packages: z.infer<typeof lockSchema>["packages"],
): string | undefined {
	for (
		let folder = from;
		;
		folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))
	) {
		const candidate = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
		if (packages[candidate] !== undefined) {
			return candidate;
		}
		if (folder === "") {
			return undefined;
		}
	}
}
