/** Identifiers of all supported languages; also PHP's and Ruby's, without their sigils. */
const identifier = /[A-Za-z_$\u00a1-\uffff][\w$\u00a1-\uffff]*/g;

/** Every identifier in a text, in order and with repetitions; keywords are among them. */
export function identifiersIn(text: string): readonly string[] {
	return text.match(identifier) ?? [];
}

/**
 * Words of the languages themselves and of their smallest types. One list for all languages: a keyword of one
 * is no useful name in another.
 */
const keywords = new Set(
	(
		"abstract any as assert async await bool boolean break byte case catch chan char class const constexpr continue crate " +
		"debugger declare def default defer del delete do double dyn elif else enum except export extends extern fallthrough " +
		"False false final finally float fn for foreach from func function get global go goto if impl implements import in " +
		"include infer instanceof int interface is keyof lambda let long loop map match mod module move mut namespace " +
		"native never new nil None nonlocal not null number object of operator or override package pass private protected " +
		"pub public raise range readonly ref require return satisfies select Self self sealed set short signed static " +
		"str string struct super switch symbol synchronized template this throw throws trait transient True true try type " +
		"typedef typename typeof undefined union unknown unless unsafe unsigned until use using var virtual void volatile " +
		"when where while with yield error i8 i16 i32 i64 u8 u16 u32 u64 usize isize f32 f64 String Vec Option Some Ok Err " +
		"Result Box"
	).split(" "),
);

/** Whether a name says something about a repository: long enough, and no word of a language. */
export function isTellingName(name: string): boolean {
	return name.length > 2 && name.length <= maxNameLength && !keywords.has(name);
}

/** Longer ones are generated, or an attempt to waste time. */
const maxNameLength = 80;

const camelBorder = /([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g;

/** The words that a name is made of, in lower case: `parseHTTPHeader` → parse, http, header. */
export function splitWords(name: string): readonly string[] {
	return name
		.replace(camelBorder, (_all, lower: string | undefined, upper: string, acronymEnd: string) =>
			lower === undefined ? `${acronymEnd} ` : `${lower} ${upper}`,
		)
		.toLowerCase()
		.split(/[^a-z0-9\u00a1-\uffff]+/)
		.filter((word) => word.length > 1);
}
