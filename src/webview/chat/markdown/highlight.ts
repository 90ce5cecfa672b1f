import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

/** The languages that Mote knows, and those that an answer about them is likely to hold. */
const languages = {
	bash,
	c,
	cpp,
	csharp,
	css,
	diff,
	go,
	java,
	javascript,
	json,
	markdown,
	php,
	python,
	ruby,
	rust,
	sql,
	typescript,
	xml,
	yaml,
};
for (const [name, language] of Object.entries(languages)) {
	highlighter.registerLanguage(name, language);
}
// Names of the editor that differ from the highlighter's own and its aliases.
highlighter.registerAliases(["typescriptreact"], { languageName: "typescript" });
highlighter.registerAliases(["javascriptreact"], { languageName: "javascript" });
highlighter.registerAliases(["shellscript"], { languageName: "bash" });

/** Longer code is shown without colours: it would take longer than a frame. In UTF-16 units. */
export const maxHighlightedLength = 60_000;

/** HTML of spans with classes, to be sanitized like all other HTML. Undefined for an unknown language. */
export function highlightedHtml(code: string, language: string): string | undefined {
	return code.length <= maxHighlightedLength && highlighter.getLanguage(language) !== undefined
		? highlighter.highlight(code, { language, ignoreIllegals: true }).value
		: undefined;
}
