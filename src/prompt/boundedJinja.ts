import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

/**
 * Runs a Jinja template that nobody here wrote. The library gives it no way out of its own values, but
 * nothing keeps it from looping for hours or filling the memory; so each step is counted, at a price that
 * goes by the size of what it made or used, and a template that asks for too much fails.
 *
 * What holds: with at most {@link maxWork} units of work, each worth well under a microsecond, a render
 * ends within about a second on any machine, and the same template does on all machines. A value longer
 * than the limits ends it too; the one step that makes it may take up to the runtime's longest string.
 */
const maxWork = 2_000_000;
/** UTF-16 units. The structure of a conversation of a thousand messages takes a tenth of this. */
const maxStringLength = 2 ** 20;
const maxArrayLength = 10_000;
/** UTF-16 units, or elements, that cost as much to copy or search as one small step. */
const unitsPerWork = 64;
/** A turn of an empty loop. */
const workPerIteration = 8;

/** What a template may be given. */
export type JinjaValue =
	| string
	| number
	| boolean
	| null
	| readonly JinjaValue[]
	| { readonly [name: string]: JinjaValue };

export type JinjaProgram = ReturnType<typeof parse>;

/** The library's lexer takes a time that goes by the square of this; 65,536 took five seconds. */
const longWhiteSpace = /\s{1025}/;

/** Throws the library's errors for what is no template, and an Error for one that takes long to read. */
export function parseJinja(template: string): JinjaProgram {
	if (longWhiteSpace.test(template)) {
		throw new Error("the template has too much white space in a row");
	}
	// As `transformers` sets it up, for which chat templates are written.
	return parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
}

/**
 * The text that `program` makes of `variables`. Throws the library's errors, what the template raises, and
 * an Error when it does too much.
 *
 * There is no clock: `strftime_now` is undefined, and templates that ask whether it is defined go without.
 */
export function renderJinja(
	program: JinjaProgram,
	variables: Readonly<Record<string, JinjaValue>>,
): string {
	const environment = new Environment();
	const globals: Readonly<Record<string, unknown>> = {
		true: true,
		false: false,
		none: null,
		True: true,
		False: false,
		None: null,
		range,
		raise_exception: (message: unknown) => {
			throw new Error(`the template says: ${String(message).slice(0, 500)}`);
		},
	};
	for (const [name, value] of Object.entries({ ...globals, ...variables })) {
		environment.set(name, value);
	}
	return new BoundedInterpreter(environment).run(program).toString();
}

type Statement = Parameters<Interpreter["evaluate"]>[0];
type RuntimeValue = ReturnType<Interpreter["evaluate"]>;

/** Every step of the library's interpreter goes through `evaluate`, also those inside of one another. */
class BoundedInterpreter extends Interpreter {
	readonly #iterated = new WeakSet<object>();
	#work = 0;

	override evaluate(statement: Statement, environment: Environment): RuntimeValue {
		this.#spend(1);
		if (statement !== undefined && "iterable" in statement) {
			this.#markIterated(statement.iterable);
		}
		const result = super.evaluate(statement, environment);
		const value: unknown = result.value;
		if (typeof value === "string") {
			refuseLonger(value.length, maxStringLength);
			this.#spend(value.length / unitsPerWork);
		} else if (Array.isArray(value)) {
			refuseLonger(value.length, maxArrayLength);
			const isIterated = statement !== undefined && this.#iterated.has(statement);
			this.#spend(value.length * (isIterated ? workPerIteration : 1 / unitsPerWork));
		} else if (value instanceof Map) {
			refuseLonger(value.size, maxArrayLength);
			const isIterated = statement !== undefined && this.#iterated.has(statement);
			this.#spend(value.size * (isIterated ? workPerIteration : 1 / unitsPerWork));
		}
		return result;
	}

	/** What a loop runs over costs for each element, whatever its body does. */
	#markIterated(iterable: unknown): void {
		if (typeof iterable === "object" && iterable !== null) {
			this.#iterated.add(iterable);
			// `for x in list if condition`.
			if ("lhs" in iterable) {
				this.#markIterated(iterable.lhs);
			}
		}
	}

	#spend(work: number): void {
		this.#work += work;
		if (this.#work > maxWork) {
			throw new Error("the template does too much");
		}
	}
}

function refuseLonger(length: number, max: number): void {
	if (length > max) {
		throw new Error("the template makes too long a value");
	}
}

function range(start: unknown, stop?: unknown, step: unknown = 1): readonly number[] {
	const [from, to] = stop === undefined ? [0, start] : [start, stop];
	if (typeof from !== "number" || typeof to !== "number" || typeof step !== "number") {
		throw new Error("range() takes numbers");
	}
	const length = Math.max(0, Math.ceil((to - from) / step));
	refuseLonger(length, maxArrayLength);
	return Array.from({ length }, (_, index) => from + index * step);
}
