/** A line that costs as much as possible, with what a model writes in it. */
export interface HostileLine {
	/** For people: what it is made of, and how long it is. */
	readonly name: string;
	readonly languageId: string;
	readonly before: string;
	readonly after: string;
	readonly answer: string;
	readonly trigger: "automatic" | "invoked";
}

/** Signs that some part of the pipeline looks for, and what makes one of its searches begin again and again. */
const patterns: readonly string[] = [
	"a",
	"$",
	"_",
	"0",
	"9",
	" ",
	"\t",
	"(",
	")",
	"[",
	"]",
	"{",
	"}",
	"<",
	">",
	'"',
	"'",
	"`",
	"\\",
	"/",
	";",
	":",
	",",
	".",
	"#",
	"-",
	"+",
	"*",
	"=",
	"|",
	"&",
	"!",
	"?",
	"@",
	"~",
	"^",
	"%",
	"é",
	"中",
	"🙂",
	"\u202e",
	"\ufffd",
	"\u00a0",
	"\ud83d",
	"a ",
	"a(",
	"a.",
	"'a",
	"'a ",
	'"a',
	'\\"',
	"\\'",
	"${",
	"`${",
	"#{",
	'"""',
	"'''",
	"```",
	"``",
	"//",
	"/*",
	"*/",
	"/a",
	"</a>",
	"<a",
	"a<",
	"->",
	"=> ",
	"', '..",
	"0, ",
	"end ",
	"done;",
	"-----BEGIN PRIVATE KEY-----",
	"-----BEGIN A A A PRIVATE KEY-----+",
	"PRIVATE KEY ",
	"<|a|>",
	"<|",
	"[INST]",
	"\u001b[",
	"a\u0301",
	"👩‍👧",
	"{{",
	"{% end",
	"const a = ",
	"if (a) { ",
	"foo(bar, ",
	"\r",
];

const lengths: readonly number[] = [200, 2_000, 20_000, 100_000, 500_000, 1_900_000];
const languageIds: readonly string[] = ["typescript", "python", "rust", "plaintext", "ruby"];

/** Line `index` of a series in which every pattern comes with every length, place and language in turn. */
export function hostileLine(index: number, maxUnits: number): HostileLine {
	const pattern = patterns[index % patterns.length] ?? "a";
	const round = Math.floor(index / patterns.length);
	const units = Math.min(lengths[(round + index) % lengths.length] ?? 0, maxUnits);
	const line = pattern.repeat(Math.ceil(units / pattern.length));
	const languageId = languageIds[(round * 3 + index) % languageIds.length] ?? "plaintext";
	const [place, before, after] =
		[
			["at the end", line, ""],
			["in the middle", line.slice(0, line.length / 2), line.slice(line.length / 2)],
			["before closers", `foo(${line}`, ")"],
			["at the start", "", line],
			["after lines", `${line.replaceAll(/(.{40})/gsu, "$1\n")}\n`, ")\n"],
		][(round + 2 * index) % 5] ?? [];
	return {
		name: `${JSON.stringify(pattern)} × ${units} ${String(place)}, ${languageId}`,
		languageId,
		before: before ?? "",
		after: after ?? "",
		answer: `${pattern.repeat(Math.ceil(2_000 / pattern.length))}\n${pattern})`,
		trigger: place === "in the middle" || place === "at the start" ? "invoked" : "automatic",
	};
}
