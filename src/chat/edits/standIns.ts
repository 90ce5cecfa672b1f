import { commentText, trailingComment, type CodeLanguage } from "./codeLanguage.ts";

/**
 * What a line of a block is: code, something that stands for code which stays as it is ("existing methods"),
 * or something that may be either.
 */
export type LineKind = "code" | "standIn" | "doubtful";

/** A comment that is longer says something of its own, in UTF-16 units. */
const maxLength = 100;

/** A comment between marks that is longer says something of its own, in lines. */
const maxCommentLines = 8;

/** Words that say that something stays or was left out, and what. */
const strongWords = new Set(
	(
		"existing remaining remainder rest other others previous prior original unchanged untouched unmodified same " +
		"omitted elided snip snipped truncated abbreviated brevity remains remain stays stay keep kept keeps etc " +
		"continue continues continued skipped intact further additional identical before above earlier leave left preserve preserved retain retained unaltered unaffected nothing everything anything shown hidden"
	).split(" "),
);

/** Of these one alone is enough; the others say it together with a word for code. */
const sufficientWords = new Set(
	"unchanged untouched unmodified omitted elided snip snipped remaining etc existing".split(" "),
);

const codeWords = new Set(
	(
		"code method methods function functions func funcs import imports include includes field fields property " +
		"properties props logic implementation implementations member members class classes body bodies content " +
		"contents line lines case cases route routes test tests style styles rule rules statement statements " +
		"definition definitions declaration declarations handler handlers item items entry entries option options " +
		"setup stuff initialisation initialization variable variables var vars constant constants const consts type types export exports file " +
		"files key keys value values attribute attributes column columns row rows element elements markup html css " +
		"config configuration settings setting part parts section sections block blocks overload overloads " +
		"constructor constructors getter getters setter setters helper helpers component components module object " +
		"interface interfaces struct structs enum enums service services dependencies dependency scripts script jobs " +
		"job steps step args arguments parameters params hooks hook state effects render jsx template templates " +
		"endpoints endpoint middleware middlewares fixtures mocks models model schema tables table queries query " +
		"plugins targets target tasks task resources resource nodes node data change changes " +
		"docstring docstrings comment comments documentation doc docs header headers license variant variants " +
		"enumerators state action actions reducer reducers provider providers flags child children branch branches " +
		"condition conditions check checks validation validations loop loops call calls env environment volumes " +
		"stages layers packages requirements strings translations commands constraints migrations selectors mixins " +
		"macros traits impls annotations decorators modifiers signals slots events listeners callbacks subscriptions"
	).split(" "),
);

const glueWords = new Set(
	(
		"the a an all of is are as in for my your our this that these those it its and or here goes go with no not " +
		"changed to be been file's class's at on from was were will should must your also any more below up down " +
		"needed required s i e g already there current now do does don't don’t modify touch exactly just " +
		"still where see like than they them we i have has so please note previously"
	).split(" "),
);

/** The same said in other languages. */
const elsewhere =
	/unverändert|bestehende|restliche[rns]?\b|\brest de[rs]\b|übrige[rns]?\b|wie (?:bisher|zuvor)|bleibt (?:gleich|so)|ausgelassen|código existente|sin cambios|resto del?\b|igual que antes|code existant|inchangé|reste du\b|sans changement|código (?:existente|restante)|sem alterações|restante d|codice esistente|invariat|resto del|bestaande|ongewijzigd|rest van|без изменений|остальн|существующ|其余|保持不变|现有|原有|不变|省略|剩余|既存|変更なし|そのまま|残り|기존|나머지|생략|변경 없음/i;

/** How a comment ends that says that what it names stays. */
const staysAtEnd =
	/(?:\b(?:unchanged|untouched|unmodified|omitted|elided|intact|unaltered)|\bnot (?:changed|modified|shown)|\bno changes?(?: (?:here|needed|required))?|\b(?:stays?|remains?|kept|keep|left|is|are) (?:the same|as(?:[ -]is)?|as before|identical)|\b(?:same )?as (?:before|above|is)|\bas-is|\bfor brevity|\bgoes? here|\bstays? here)[\s.!…)\]]*$/i;

/** A comment that leaves to somebody else what it names. */
const isLeftToDo =
	/^(?:todo|fixme|add|put|insert|write|implement|place)\b.*\b(?:code|logic|implementation|body|here)\b|\byour\b.*\b(?:code|logic|implementation)\b/i;

/** Languages in which three dots between brackets are code, though never alone on a line. */
const withInlineDots = new Set(["ruby", "go", "swift", "typescript", "typescriptreact"]);

/** The kind of each line. Lines that the file has itself, by their trimmed text, are code as a rule. */
export function lineKinds(
	lines: readonly string[],
	language: CodeLanguage,
	known: ReadonlySet<string>,
): readonly LineKind[] {
	const kinds: LineKind[] = lines.map((line) => kindOfLine(line, language));
	markLongComments(lines, language, kinds);
	markJoinedComments(lines, language, kinds);
	for (const [at, line] of lines.entries()) {
		const plain = line.trim();
		const text = commentText(line, language);
		if (kinds[at - 1] === "standIn" && kinds[at] === "doubtful" && /^[a-z]/.test(text ?? "")) {
			// It goes on with what the line above says.
			kinds[at] = "standIn";
		}
		if (kinds[at] === "doubtful" && text !== undefined) {
			const next = lines.slice(at + 1, at + 3).find((below) => below.trim() !== "");
			const standsAlone =
				lines[at + 1]?.trim() === "" || next === undefined || /^\s*(?:[)\]}]|<\/|end\b)/.test(next);
			kinds[at] = standsAlone && staysAtEnd.test(text) ? "standIn" : "doubtful";
		}
		if (known.has(plain) && plain !== "") {
			// What the file says itself is no news, but it may have been told so before.
			kinds[at] = kinds[at] === "standIn" ? "doubtful" : "code";
		}
	}
	return kinds;
}

function kindOfLine(line: string, language: CodeLanguage): LineKind {
	const plain = line.trim();
	if (plain === "" || plain.length > 400) {
		return "code";
	}
	if (/^(?:\.{3,}|…)$/.test(plain)) {
		return plain.startsWith(".") && language.hasBareDots ? "doubtful" : "standIn";
	}
	const text = commentText(line, language);
	if (text !== undefined) {
		return kindOfComment(text);
	}
	const foreign = language.isProse ? undefined : foreignCommentText(plain);
	if (foreign !== undefined && isNothingButStandIn(foreign)) {
		// A single word may be an operand behind its operator.
		return wordsOf(foreign).length > 1 || /\.{3}|…/.test(foreign) ? "standIn" : "doubtful";
	}
	// Not a comment: words that no language would take for code.
	if (/^(?:\.{3}|…)\s*[\p{L}\s'’-]+(?:\.{3}|…)?$/u.test(plain) && /\p{L}\s+\p{L}/u.test(plain)) {
		return isNothingButStandIn(plain) ? "standIn" : "code";
	}
	if (/^[[(<{]\s*(?:\.{3}|…)[^()[\]{}<>]*(?:\.{3}|…)?\s*[\])>}]$/.test(plain)) {
		return language.hasBareDots || /^[[({]\s*\.{3}[\w$]/.test(plain) ? "doubtful" : "standIn";
	}
	const documented = loneLiteral(plain, language);
	if (documented !== undefined && kindOfComment(documented) !== "code") {
		return kindOfComment(documented);
	}
	// Arguments that are handed on, any exception, any length.
	const hasInlineDots = language.hasBareDots || withInlineDots.has(language.id);
	const inline = hasInlineDots ? /\{\s*(?:\.{3}|…)\s*\}/ : /[{([]\s*(?:\.{3}|…)\s*[\])}]/;
	if (inline.test(plain) || plain.includes("…")) {
		return /["'`].*…/.test(plain) ? "code" : "doubtful";
	}
	const trailing = trailingComment(line, language);
	return trailing !== undefined && kindOfComment(trailing.comment.trim()) !== "code"
		? "doubtful"
		: "code";
}

/** The text of a line that would be a comment in another language: models mix them up. */
function foreignCommentText(plain: string): string | undefined {
	const [, line, block] = foreignComment.exec(plain) ?? [];
	return line ?? block;
}

const foreignComment =
	/^(?:(?:\/\/+|#+|--+|;+|%+|!)\s+(.*)|(?:\/\*+|<!--|\(\*|\{-|\{\/\*|\{\{!?--|\{\{!|\{#|<%#|<%--|@\*|<#--|#\|)\s*(.*?)\s*(?:\*+\/\}?|-->|\*\)|-\}|(?:--)?\}\}|#\}|(?:--)?%>|\*@|\|#))$/;

/** The text of a string that stands alone on a line, as documentation does where a body begins. */
export function loneLiteral(line: string, { longQuotes }: CodeLanguage): string | undefined {
	return longQuotes.includes('"""') ? /^\s*("""|''')(.*)\1\s*$/.exec(line)?.[2] : undefined;
}

function kindOfComment(text: string): LineKind {
	if (text.length > maxLength || text === "") {
		return "code";
	}
	const startsWithDots = /^[\s([{<*-]*(?:\.{3,}|…)/.test(text);
	const endsWithDots = /(?:\.{3,}|…)[\s)\]}>*-]*$/.test(text);
	if (isNothingButStandIn(text)) {
		return "standIn";
	}
	if (startsWithDots) {
		// A spread that was commented out, or a sentence that goes on.
		const isCode = /^\.{3}[\w$.]+(?:\(.*\))?[,;)]*$/.test(text) || /[;={}"'`]/.test(text);
		return isCode ? "doubtful" : "standIn";
	}
	const words = wordsOf(text);
	const isSuspicious =
		endsWithDots ||
		staysAtEnd.test(text) ||
		elsewhere.test(text) ||
		isLeftToDo.test(text) ||
		(words.some((word) => strongWords.has(word)) && words.some((word) => codeWords.has(word))) ||
		words.some((word) => sufficientWords.has(word)) ||
		(words.includes("here") && words.some((word) => codeWords.has(word))) ||
		words.every((word) => strongWords.has(word) || codeWords.has(word) || glueWords.has(word));
	return isSuspicious ? "doubtful" : "code";
}

/** Every word belongs to saying that code stays, and one says so for certain. */
function isNothingButStandIn(text: string): boolean {
	const words = wordsOf(text);
	if (words.length === 0) {
		return /^[\s([{<*-]*(?:\.{3,}|…)[\s)\]}>*-]*$/.test(text);
	}
	if (elsewhere.test(text) && words.length <= 10) {
		return true;
	}
	const hasDots = /\.{3}|…/.test(text);
	const isKnown = words.every(
		(word) => strongWords.has(word) || codeWords.has(word) || glueWords.has(word),
	);
	const strong = words.filter((word) => strongWords.has(word));
	return (
		isKnown &&
		words.length <= 14 &&
		strong.length > 0 &&
		!/[=;{}]|=>|\w\(/.test(text) &&
		(hasDots ||
			strong.some((word) => sufficientWords.has(word)) ||
			words.some((word) => codeWords.has(word)) ||
			staysAtEnd.test(text))
	);
}

function wordsOf(text: string): string[] {
	return text.toLowerCase().match(/[\p{L}\p{N}_$]+(?:['’][\p{L}]+)?/gu) ?? [];
}

/** Comments between marks that go on over lines. */
function markLongComments(
	lines: readonly string[],
	{ blockComments }: CodeLanguage,
	kinds: LineKind[],
): void {
	for (let at = 0; at < lines.length; at++) {
		const plain = (lines[at] ?? "").trim();
		const marks = blockComments.find(([open]) => plain.startsWith(open));
		if (marks === undefined || plain.includes(marks[1], marks[0].length)) {
			continue;
		}
		const [open, close] = marks;
		const below = lines.slice(at + 1, at + 1 + maxCommentLines);
		const end = at + 1 + below.findIndex((line) => line.includes(close));
		if (end === at) {
			continue;
		}
		const text = lines
			.slice(at, end + 1)
			.map((line, index) => (index === 0 ? line.trim().slice(open.length) : line))
			.map((line) =>
				line
					.replace(close, "")
					.replace(/^\s*\*+|\*+\s*$/g, "")
					.trim(),
			)
			.join(" ")
			.trim();
		const isAlone = (lines[end] ?? "").trim().endsWith(close);
		kinds.fill(isAlone ? kindOfComment(text) : "code", at, end + 1);
		at = end;
	}
}

/** Sentences that go on over comments of one line each. */
function markJoinedComments(
	lines: readonly string[],
	language: CodeLanguage,
	kinds: LineKind[],
): void {
	for (let at = 0; at < lines.length; at++) {
		const texts: string[] = [];
		for (let to = at; to < lines.length && texts.length < 4; to++) {
			const text = commentText(lines[to] ?? "", language);
			if (text === undefined) {
				break;
			}
			texts.push(text);
		}
		if (texts.length > 1) {
			const joined = texts.join(" ");
			const isOne = joined.length <= maxLength && isNothingButStandIn(joined);
			if (isOne) {
				kinds.fill("standIn", at, at + texts.length);
			} else if (
				/^[a-z]/.test((texts[1] ?? "").replace(/^(?:\.{3,}|…)\s*/, "")) &&
				kinds[at] === "code"
			) {
				// The second line goes on with what the first one says.
				kinds[at + 1] =
					kinds[at + 1] === "standIn" && !isNothingButStandIn(texts[1] ?? "")
						? "doubtful"
						: (kinds[at + 1] ?? "code");
			}
			at += isOne ? texts.length - 1 : 0;
		}
	}
}
