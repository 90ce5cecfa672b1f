/** What a declaration, or another statement with a name, is called. */
export interface DeclarationKey {
	/** Things of different kinds may have one name. */
	readonly kind: "import" | "type" | "value" | "accessor" | "impl" | "call" | "label";
	readonly name: string;
	/** Whether others find it inside of this one: a class, a module, a suite of tests. */
	readonly holdsMembers: boolean;
}

/** A head that is longer is looked at up to here, in UTF-16 units. */
const maxHeadLength = 600;

const modifiers =
	/^(?:(?:export|default|public|private|protected|internal|static|abstract|async|pub(?:\([\w\s:]{0,40}\))?|final|override|readonly|declare|unsafe|extern(?:\s+"\w+")?|virtual|inline|constexpr|sealed|partial|open|data|inner|suspend|lateinit|companion|implicit|lazy|case|mutating|nonmutating|fileprivate|required|convenience|indirect|synchronized|native|transient|volatile|local|operator|infix|tailrec|external|noinline|crossinline|noncomputable|function(?=\s+\w+::)|@\w+)\s+)+/;

const control =
	/^(?:if|else|for|foreach|while|switch|match|catch|return|await|yield|throw|new|delete|typeof|do|try|with|using|lock|when|unless|until|case|super|sizeof|assert|elif|except|raise|print|del|not|and|or|in|is|goto|defer|go|select|from|where|loop|guard|repeat|fixed|checked|echo|require|include|then|begin|end)\b/;

const typeWords =
	/^(class|interface|struct|enum|trait|type|record|union|protocol|object|module|namespace|mod|actor|contract|extension|newtype|defmodule|package|typealias|mixin|annotation|@interface)\b\s*(?:class\s+)?([\w$:.#\\]+)/;

const valueWords =
	/^(?:function\*?|fn|func|fun|def|defp|defmacro|sub|proc|procedure|macro|macro_rules!|method|constructor_)\s+(?:<[^<>]*>\s*)?(?:\(\s*(?:\w+\s+)?\*?([\w.]+)(?:\[[^\]]*\])?\s*\)\s*)?((?:self\.|[\w$]+(?:<[^<>]*>)?[.:]{1,2})*[\w$]+[?!=]?|[^\s\w(]{1,3}(?=\s*\())/;

const variableWords =
	/^(?:const|let|var|val|static|my|our|dim|define|set|declare(?:\s+-\w+)?)\s+(?:mut\s+|\(?const\s+)?([\w$@%&.:]+)/i;

/** The name of what begins with `head`: its first line, and more where brackets of it are open. */
export function declarationKeyOf(head: string, languageId: string): DeclarationKey | undefined {
	const text = head.slice(0, maxHeadLength).trim();
	const equation = equational.has(languageId) ? equationKeyOf(text) : undefined;
	if (equation !== undefined) {
		return equation;
	}
	const imported = importedBy(text);
	if (imported !== undefined) {
		return { kind: "import", name: imported, holdsMembers: false };
	}
	const plain = text.replace(modifiers, "");
	const implemented = /^(impl\b[^{;]*|extension\s+[^{]*)/.exec(plain)?.[1];
	if (implemented !== undefined) {
		return { kind: "impl", name: implemented.replaceAll(/\s+/g, " ").trim(), holdsMembers: true };
	}
	const type = typeWords.exec(plain);
	if (type !== null && !/^(?:type|object|record|module|package)\s*[=:(,.]/.test(plain)) {
		const [, , name = ""] = type;
		return { kind: "type", name, holdsMembers: true };
	}
	const accessor = /^(get|set)\s+(#?[\w$]+)\s*\(/.exec(plain);
	if (accessor !== null) {
		const [, verb = "", name = ""] = accessor;
		return { kind: "accessor", name: `${verb} ${name}`, holdsMembers: false };
	}
	const table =
		/^create\s+(?:or\s+replace\s+)?(?:\w+\s+){0,3}?(table|view|function|procedure|index|trigger|type)\s+(?:if\s+not\s+exists\s+)?([\w."`[\]]+)/i.exec(
			plain,
		);
	if (table !== null) {
		return value(`${(table[1] ?? "").toLowerCase()} ${(table[2] ?? "").toLowerCase()}`);
	}
	const defined = valueWords.exec(plain);
	if (defined !== null) {
		const [, receiver, name = ""] = defined;
		return value(receiver === undefined ? name : `${receiver}.${name}`);
	}
	const variable = control.test(plain) ? undefined : variableWords.exec(plain)?.[1];
	return variable === undefined ? unmarkedKeyOf(plain, text) : value(variable);
}

/** Languages in which a name alone begins its definition. */
const equational = new Set(["haskell", "hs", "elm"]);

function equationKeyOf(text: string): DeclarationKey | undefined {
	const signature = /^([a-z_][\w']*)\s*::?\s/.exec(text)?.[1];
	if (signature !== undefined) {
		return { kind: "label", name: `${signature} ::`, holdsMembers: false };
	}
	const name = /^([a-z_][\w']*)\b(?:\s+[^=|]{1,200})?\s*(?:=(?!=)|\|)/.exec(text)?.[1];
	return name === undefined ||
		/^(?:module|import|data|type|newtype|class|instance|let|where|if|case)$/.test(name)
		? undefined
		: value(name);
}

function value(name: string): DeclarationKey {
	return { kind: "value", name, holdsMembers: false };
}

/** What no keyword declares: methods, properties, rules, targets, calls with a name as first argument. */
function unmarkedKeyOf(plain: string, text: string): DeclarationKey | undefined {
	if (/^#\s*define\s+\w+/.test(text)) {
		return value(/^#\s*define\s+(\w+)/.exec(text)?.[1] ?? "");
	}
	const label = /^(case\s+[^:=]{1,100}|default)\s*(?::|=>|->)/.exec(text)?.[1];
	if (label !== undefined) {
		return { kind: "label", name: label, holdsMembers: false };
	}
	const call = /^((?:await\s+)?[\w$.]+(?:\.each\b)?)\s*\(\s*(["'`])([^"'`\n]{1,200})\2/.exec(text);
	if (call !== null) {
		const [, callee = "", , argument = ""] = call;
		const holdsMembers = /^(?:describe|context|suite)\b/.test(callee);
		return { kind: "call", name: `${callee} ${argument}`, holdsMembers };
	}
	if (control.test(plain)) {
		return undefined;
	}
	const assigned =
		/^(?:[\w$<>[\],?*&]+\s+){0,3}?["']?((?:[\w$#@-]+(?:\.|->|::))*[#@$]?[\w$-]+)["']?[?!]?\s*(?::(?![:=])|(?::|<-|\?|\|\||\+)?=(?![=>])|<-)/.exec(
			plain,
		)?.[1];
	// `<b id="1"/>` assigns nothing.
	const isElement = plain.startsWith("<");
	if (assigned !== undefined && !isElement && !/^(?:http|https|file)$/.test(assigned)) {
		return value(assigned);
	}
	const method =
		/^(?:[\w$<>[\],.?*&:~\s]+[\s*&])?((?:[\w$]+(?:<[^<>]*>)?::)*[#~]?[\w$]+|operator\s*\S{1,3})\s*(?:<[^<>]*>)?\s*\([^;]*(?:\{|=>|$)/.exec(
			plain,
		)?.[1];
	if (
		method !== undefined &&
		/\{\s*[^{}]*\}?$|=>|\)[^;,]*$/.test(plain) &&
		!/^\w+\s*\(.*\)\s*;?$/.test(plain) &&
		closesArguments(plain)
	) {
		return value(method);
	}
	const rule = /^([^{}()=;]{1,200}?)\s*\{$/.exec(text)?.[1];
	return rule === undefined
		? undefined
		: { kind: "label", name: rule, holdsMembers: rule.startsWith("@") };
}

/** Whether the first bracket closes again: it is open behind a call with a function in it. */
function closesArguments(text: string): boolean {
	let depth = 0;
	for (const character of text.slice(text.indexOf("("))) {
		depth += character === "(" ? 1 : character === ")" ? -1 : 0;
		if (depth === 0) {
			return true;
		}
	}
	return false;
}

function importedBy(text: string): string | undefined {
	const [, source] =
		/^(?:import|export)\b[^;=]{0,500}?\bfrom\s*["']([^"']+)["']/.exec(text) ??
		/^import\s*\(?["']([^"']+)["']/.exec(text) ??
		/^from\s+([\w.]+)\s+import\b/.exec(text) ??
		/^#\s*include\s*([<"][^>"]+[>"])/.exec(text) ??
		/^(?:(?:const|let|var)\s+[^=]{1,200}=\s*)?require(?:_relative)?\s*\(?\s*["']([^"']+)["']/.exec(
			text,
		) ??
		/^(?:pub\s+)?(?:import|use|using|open|alias)\s+(?:static\s+)?([\w.:*\\{}, ]+?)\s*;?$/.exec(
			text,
		) ??
		[];
	return source;
}
