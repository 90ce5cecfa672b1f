import { RegExpParser, type AST } from "@eslint-community/regexpp";

/**
 * A backtracking matcher that counts its steps, as the one of JavaScript takes them: for each place where a match may
 * begin, every way to go on is tried until one fits. What makes it quadratic makes the engine quadratic.
 */
export class SteppingPattern {
	readonly #pattern: AST.Pattern;
	readonly #flags: string;
	readonly #charTests = new Map<AST.Node, RegExp>();
	#text = "";
	#steps = 0;

	/** Throws for what isn't a regular expression. */
	constructor(source: string, flags: string) {
		const parser = new RegExpParser();
		this.#pattern = parser.parsePattern(source, 0, source.length, {
			unicode: flags.includes("u"),
			unicodeSets: flags.includes("v"),
		});
		this.#flags = flags;
	}

	/** Steps to find every match in `text`, or the first without the flag "g"; {@link maxSteps} for more than that. */
	stepsIn(text: string): number {
		this.#text = text;
		this.#steps = 0;
		for (let start = 0; start <= text.length && this.#steps < maxSteps; start++) {
			const end = this.#alternatives(this.#pattern.alternatives, start, (at) => at);
			if (end !== undefined && !this.#flags.includes("g")) {
				break;
			}
			start = end !== undefined && end > start ? end - 1 : start;
		}
		return this.#steps;
	}

	/** Texts that lead the matcher to each of the pattern's loops and keep it there, `length` units long. */
	hostileTexts(length: number): readonly string[] {
		const signs = [...new Set(samplesOf(this.#pattern, (node) => this.#sample(node)))].slice(0, 5);
		const pairs = signs.flatMap((a) => signs.filter((b) => b !== a).map((b) => a + b));
		const pumps = [...signs, ...pairs];
		const ways = waysToLoops(this.#pattern, (node) => this.#sample(node)).slice(0, 6);
		return ["", ...ways].flatMap((way) =>
			[...pumps, ...(way === "" ? [] : [way])].flatMap((pump) => {
				const pumped = way + pump.repeat(Math.ceil(length / pump.length));
				return [pumped, `${pumped}\u0001`];
			}),
		);
	}

	#alternatives(
		alternatives: readonly AST.Alternative[],
		at: number,
		next: Continuation,
	): number | undefined {
		for (const alternative of alternatives) {
			const end = this.#sequence(alternative.elements, 0, at, next);
			if (end !== undefined) {
				return end;
			}
		}
		return undefined;
	}

	#sequence(
		elements: readonly AST.Element[],
		index: number,
		at: number,
		next: Continuation,
	): number | undefined {
		const element = elements[index];
		return element === undefined
			? next(at)
			: this.#element(element, at, (end) => this.#sequence(elements, index + 1, end, next));
	}

	#element(element: AST.Element, at: number, next: Continuation): number | undefined {
		this.#steps++;
		if (this.#steps > maxSteps) {
			return undefined;
		}
		switch (element.type) {
			case "Quantifier":
				return this.#loop(element, at, next);
			case "Group":
			case "CapturingGroup":
				return this.#alternatives(element.alternatives, at, next);
			case "Assertion":
				return this.#holds(element, at) ? next(at) : undefined;
			case "Backreference":
				// What it refers to may have been empty; none of the patterns depends on it.
				return next(at);
			case "Character":
			case "CharacterSet":
			case "CharacterClass":
			case "ExpressionCharacterClass": {
				const end = this.#afterCharacter(element, at);
				return end === undefined ? undefined : next(end);
			}
		}
	}

	#loop(quantifier: AST.Quantifier, at: number, next: Continuation): number | undefined {
		const { element, min, max, greedy } = quantifier;
		if (!isCharacter(element)) {
			return this.#groupLoop(quantifier, 0, at, next);
		}
		const ends = [at];
		while (ends.length <= max && (greedy || ends.length <= min)) {
			this.#steps++;
			const end = this.#afterCharacter(element, ends.at(-1) ?? at);
			if (end === undefined) {
				break;
			}
			ends.push(end);
		}
		for (let count = ends.length - 1; count >= min; count--) {
			this.#steps++;
			const end = this.#steps > maxSteps ? undefined : next(ends[count] ?? at);
			if (end !== undefined) {
				return end;
			}
		}
		return undefined;
	}

	#groupLoop(
		quantifier: AST.Quantifier,
		count: number,
		at: number,
		next: Continuation,
	): number | undefined {
		this.#steps++;
		const again = (): number | undefined =>
			count >= quantifier.max
				? undefined
				: this.#element(quantifier.element, at, (end) =>
						end === at ? undefined : this.#groupLoop(quantifier, count + 1, end, next),
					);
		return again() ?? (count >= quantifier.min ? next(at) : undefined);
	}

	#holds(assertion: AST.Assertion, at: number): boolean {
		const text = this.#text;
		switch (assertion.kind) {
			case "start":
				return at === 0 || (this.#flags.includes("m") && text.charAt(at - 1) === "\n");
			case "end":
				return at === text.length || (this.#flags.includes("m") && text.charAt(at) === "\n");
			case "word":
				return (/\w/.test(text.charAt(at - 1)) !== /\w/.test(text.charAt(at))) !== assertion.negate;
			case "lookahead":
				return (
					(this.#alternatives(assertion.alternatives, at, (end) => end) !== undefined) !==
					assertion.negate
				);
			case "lookbehind":
				return this.#isBehind(assertion, at) !== assertion.negate;
		}
	}

	/** Lookbehinds of single characters, which are all that the patterns have. */
	#isBehind({ alternatives }: AST.LookbehindAssertion, at: number): boolean {
		return alternatives.some(({ elements: [only] }) => {
			const isLow = /[\udc00-\udfff]/.test(this.#text.charAt(at - 1));
			const start = at - (isLow ? 2 : 1);
			return only !== undefined && start >= 0 && this.#afterCharacter(only, start) === at;
		});
	}

	#afterCharacter(element: AST.Element, at: number): number | undefined {
		const point = this.#text.codePointAt(at);
		if (point === undefined) {
			return undefined;
		}
		const char = String.fromCodePoint(point);
		return this.#testOf(element).test(char) ? at + char.length : undefined;
	}

	#testOf(element: AST.Node): RegExp {
		const known =
			this.#charTests.get(element) ??
			new RegExp(`^(?:${element.raw})$`, this.#flags.replaceAll(/[gym]/g, ""));
		this.#charTests.set(element, known);
		return known;
	}

	/** A character that the element takes. */
	#sample(element: AST.Element): string {
		const test = this.#testOf(element);
		const literal = element.raw.replaceAll(/\\(?![a-zA-Z])/g, "");
		return Array.from(literal + commonSigns).find((char) => test.test(char)) ?? "";
	}
}

/** What a class of characters is tried with. */
const commonSigns = "a A0_$.-+'\"`(<{/\\#*,;:é中🙂\n\t";

/** More than any pattern may take for a text that is tried. */
export const maxSteps = 200_000;

type Continuation = (at: number) => number | undefined;
type Sample = (element: AST.Element) => string;

function isCharacter(element: AST.Element): boolean {
	return (
		element.type === "Character" ||
		element.type === "CharacterSet" ||
		element.type === "CharacterClass" ||
		element.type === "ExpressionCharacterClass"
	);
}

function samplesOf(pattern: AST.Pattern, sample: Sample): readonly string[] {
	const walk = (element: AST.Element): readonly string[] => {
		if (isCharacter(element)) {
			return [sample(element)].filter((char) => char !== "");
		}
		return "alternatives" in element
			? element.alternatives.flatMap(({ elements }) => elements.flatMap(walk))
			: element.type === "Quantifier"
				? walk(element.element)
				: [];
	};
	return pattern.alternatives.flatMap(({ elements }) => elements.flatMap(walk));
}

/** For each loop of the pattern the shortest text that leads to it. */
function waysToLoops(pattern: AST.Pattern, sample: Sample): readonly string[] {
	const ways = new Set<string>();
	const shortest = (element: AST.Element): string => {
		if (isCharacter(element)) {
			return sample(element);
		}
		if (element.type === "Quantifier") {
			return shortest(element.element).repeat(element.min);
		}
		return element.type === "Group" || element.type === "CapturingGroup"
			? (element.alternatives[0]?.elements.map(shortest).join("") ?? "")
			: "";
	};
	const walk = (elements: readonly AST.Element[], before: string): void => {
		let way = before;
		for (const element of elements) {
			if (element.type === "Quantifier" && element.max > 1) {
				ways.add(way);
			}
			const inner = element.type === "Quantifier" ? element.element : element;
			if (inner.type === "Group" || inner.type === "CapturingGroup") {
				for (const alternative of inner.alternatives) {
					walk(alternative.elements, way);
				}
			}
			way += shortest(element);
		}
	};
	for (const { elements } of pattern.alternatives) {
		walk(elements, "");
	}
	ways.delete("");
	return [...ways];
}
