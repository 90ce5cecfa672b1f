/**
 * A switch of a configuration of git; undefined where it isn't set. The last one counts. Other files that it
 * includes aren't looked at: what is asked for here is written by git itself, into the file at hand.
 */
export function gitSwitch(config: string, section: string, key: string): boolean | undefined {
	let current = "";
	let found: boolean | undefined;
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
			found = entry[2] === "" || isTrue(entry[3] ?? "");
		}
	}
	return found;
}

function isTrue(written: string): boolean {
	const comment = written.search(/[#;]/);
	const value = (comment < 0 ? written : written.slice(0, comment))
		.replaceAll('"', "")
		.trim()
		.toLowerCase();
	return (
		["true", "yes", "on"].includes(value) || (/^[-+]?\d+$/.test(value) && !/^[-+]?0+$/.test(value))
	);
}
