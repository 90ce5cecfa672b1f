import fc from "fast-check";
import picomatch from "picomatch";
import { describe, expect, test } from "vitest";
import { globPattern } from "../../src/context/files/globPattern.ts";
import { harmlessPatterns, isSecretPath, secretPatterns } from "../../src/context/files/secrets.ts";
import "../support/lawSeed.ts";

const options = { dot: true, nocase: true } as const;

/** What a star may stand for, and what may stand in front of a name or behind it. */
const filling = fc.oneof(
	fc.constantFrom(
		"",
		"a",
		"my",
		"prod",
		".local",
		"-old",
		"_2",
		"é",
		" b",
		"key",
		"secret",
		"x.y",
		"\u212a",
		"ſ",
	),
	fc.string({ maxLength: 4 }).map((text) => text.replaceAll(/[/\r\n\\]/g, "")),
);
const member = fc.constantFrom(".", "_", "-", "0", "7", "s");

/** A text that a glob means, or nearly: a member of a set or of a choice may be another one. */
function meantBy(glob: string): fc.Arbitrary<string> {
	const parts = glob.match(/\*\*|\*|\[[^\]]+\]|\{[^}]*\}|[^*[{]+/g) ?? [];
	return fc
		.tuple(
			...parts.map((part): fc.Arbitrary<string> => {
				switch (part.charAt(0)) {
					case "*":
						return part === "**"
							? fc.array(filling, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"))
							: filling;
					case "[":
						return member;
					case "{":
						return fc.oneof(
							{
								weight: 5,
								arbitrary: fc.constantFrom(...part.slice(1, -1).split(",")).chain(meantBy),
							},
							{ weight: 1, arbitrary: filling },
						);
					default:
						return fc.constant(part);
				}
			}),
		)
		.map((texts) => texts.join(""));
}

/** The text as it is, in other letters, without what stands behind its last slash, or with something more or less in it. */
function near(text: string): fc.Arbitrary<string> {
	return fc.oneof(
		{ weight: 3, arbitrary: fc.constant(text) },
		fc.constant(text.toUpperCase()),
		filling.map((more) => text + more),
		filling.map((more) => more + text),
		fc.constant(text.includes("/") ? text.slice(0, text.lastIndexOf("/")) : text),
		fc.nat(text.length).map((at) => text.slice(0, at) + text.slice(at + 1)),
		fc.tuple(fc.nat(text.length), filling).map(([at, more]) => {
			return text.slice(0, at) + more + text.slice(at);
		}),
	);
}

const patterns = [...secretPatterns, ...harmlessPatterns];
const nameGlobs = patterns.filter((glob) => !glob.includes("/"));

/** Paths as they come: with a name, and without folders that have none. */
const isPath = (text: string): boolean => text.split("/").every((name) => name !== "");

describe("what is decided is what picomatch says of each pattern", () => {
	test.each(nameGlobs)("%s", (glob) => {
		const pattern = new RegExp(`^(?:${globPattern([glob])})$`, "i");
		const matches = picomatch(glob, options);
		fc.assert(
			fc.property(
				fc.oneof(meantBy(glob), fc.constantFrom(...patterns).chain(meantBy)).chain(near),
				(name) => {
					// To picomatch a glob also matches itself, letter by letter.
					fc.pre(isPath(name) && !name.includes("/") && name !== glob);
					expect(pattern.test(name)).toBe(matches(name));
				},
			),
		);
	});

	const isSecretName = picomatch(
		[...secretPatterns].filter((glob) => !glob.includes("/")),
		options,
	);
	const isHarmless = picomatch([...harmlessPatterns], options);
	const isSecretEnd = picomatch(
		secretPatterns.filter((glob) => glob.includes("/")).map((glob) => `**/${glob}`),
		options,
	);
	/** Whether a name may be that of a copy, which is judged by the name without the mark. */
	const copyMark = /[~#)]|copy|\.(?:bak|backup|old|orig|save|swp|swo|tmp|disabled|\d{1,3})$/i;

	test("and of all together, for names and for paths", () => {
		const folders = fc.array(
			fc.constantFrom(
				"",
				"src",
				".ssh",
				"..",
				".",
				".config",
				"gh",
				".aws",
				".envs",
				"a b",
				".kube",
			),
			{ maxLength: 3 },
		);
		let secrets = 0;
		fc.assert(
			fc.property(
				folders,
				fc
					.constantFrom(...patterns)
					.chain(meantBy)
					.chain(near),
				(above, end) => {
					const path = [...above.filter((name) => name !== ""), end].join("/");
					const name = path.slice(path.lastIndexOf("/") + 1);
					fc.pre(isPath(path) && !copyMark.test(name) && !patterns.includes(name));
					const expected = isSecretEnd(path) || (isSecretName(name) && !isHarmless(name));
					expect([path, isSecretPath(path)]).toEqual([path, expected]);
					secrets += expected ? 1 : 0;
				},
			),
			{ numRuns: 5000 },
		);
		expect(secrets).toBeGreaterThan(1000);
	});
});
