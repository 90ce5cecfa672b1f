/**
 * A switch of a configuration of git; undefined where it isn't set. The last one counts. Other files that it
 * includes aren't looked at: what is asked for here is written by git itself, into the file at hand.
 */
export function gitSwitch(config: string, section: string, key: string): boolean | undefined {
	const written = lastEntry(config, section, key);
	return typeof written === "string" ? isTrue(valueOf(written).toLowerCase()) : written;
}

/** The text that a configuration of git gives a key; undefined where it has none. The last one counts, as above. */
export function gitText(config: string, section: string, key: string): string | undefined {
	const written = lastEntry(config, section, key);
	return typeof written === "string" ? valueOf(written) : undefined;
}

/** What stands behind the equals sign; true for a key without one. */
function lastEntry(config: string, section: string, key: string): string | true | undefined {
	let current = "";
	let found: string | true | undefined;
	for (const line of config.replaceAll(/\\\r?\n/g, "").split("\n")) {
		let rest = line.trim();
		const header = /^\[[ \t]*([-.\w]+)(?:[ \t]+("(?:[^"\\]|\\.)*"))?[ \t]*\]/.exec(rest);
		if (header !== null) {
			const [whole, name = "", subsection] = header;
			current = subsection === undefined ? name.toLowerCase() : `${name} ${subsection}`;
			rest = rest.slice(whole.length).trim();
		}
		const entry = current === section ? /^([A-Za-z][-\w]*)[ \t]*(=?)(.*)$/.exec(rest) : null;
		if (entry?.[1]?.toLowerCase() === key) {
			found = entry[2] === "" ? true : (entry[3] ?? "");
		}
	}
	return found;
}

const escaped: ReadonlyMap<string, string> = new Map([
	["n", "\n"],
	["t", "\t"],
	["b", "\b"],
]);

/** Without quotes, escapes, comments, and white space that isn't quoted. */
function valueOf(written: string): string {
	let value = "";
	let isQuoted = false;
	/** Up to here nothing is cut off. */
	let kept = 0;
	const units = written.trim()[Symbol.iterator]();
	for (const unit of units) {
		if (unit === '"') {
			isQuoted = !isQuoted;
		} else if (!isQuoted && /[#;]/.test(unit)) {
			break;
		} else if (unit === "\\") {
			const next = units.next().value ?? "";
			value += escaped.get(next) ?? next;
			kept = value.length;
		} else {
			value += unit;
			kept = isQuoted || /\S/.test(unit) ? value.length : kept;
		}
	}
	return value.slice(0, kept);
}

function isTrue(value: string): boolean {
	const isNumber = /^[-+]?(?:0x[\da-f]+|\d+)[kmg]?$/.test(value);
	return (
		["true", "yes", "on"].includes(value) || (isNumber && !/^[-+]?(?:0x)?0+[kmg]?$/.test(value))
	);
}
