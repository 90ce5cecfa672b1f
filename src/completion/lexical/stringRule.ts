/** How strings of one kind are written. */
export interface StringRule {
	readonly delimiter: string;
	/** What begins code inside the string. */
	readonly holes: readonly string[];
	/** Letters and signs before the delimiter that make `{` begin code, in lower case. */
	readonly holePrefixes: readonly string[];
	/** What takes a delimiter its meaning; one that is escaped by a backtick may as well be doubled. */
	readonly escape: "backslash" | "backtick" | "doubled" | "none";
	readonly isMultiline: boolean;
}

/** The sign that takes the next one its meaning, where an escape is one. */
export const escapeSigns: Readonly<Record<StringRule["escape"], string | undefined>> = {
	backslash: "\\",
	backtick: "`",
	doubled: undefined,
	none: undefined,
};
