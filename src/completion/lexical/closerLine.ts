/** Words that end a block in some language, alone or with the block's kind: `end`, `endif`, `End Sub`, `END LOOP;`. */
const endingWord =
	/^(?:[#@\\]?end(?:[_a-z-]*|[_a-z]*[ \t]{0,4}\([^()\n]{0,40}\)|[ \t]+[\w.]{1,40}|\{[\w*]{1,40}\})|done|fi|esac|od|rof|wend|loop|next(?:[ \t]+\w{1,40})?|#?endregion)$/i;

/** Closing tags and their like in templates, of which several may stand on a line. */
const endingTag =
	/^(?:<\/[#@\w.:-]*>|\[\/[#@]\w{1,40}\]|\{\/\w{1,40}\}|<\?(?:php|=)?[ \t]{0,8}(?:end|\})[^?\n]{0,60}\?>|\{%-?[ \t]{0,8}end[^%\n]{0,60}%\}|\{\{-?[ \t]{0,8}(?:\/|end)[^}\n]{0,60}\}\}|<%[-=]?[ \t]{0,8}(?:end|\})[^%\n]{0,60}%>)/i;

/** Brackets and punctuation that close along with them. */
const endingSign = /^[)\]};,.\s]/;

/** What ends a statement, and isn't part of a word such as `\\end{itemize}` or `endif()`. */
const statementEnd = /^[;,.\s]/;

/** A longer line isn't made of closers that somebody wrote. */
const maxLength = 200;

/**
 * Whether a line does nothing but close: `}`, `end`, `</div>`, `done`, `});`, `{% endif %}`. Such lines follow each
 * other for good reasons, as often as blocks are nested.
 */
export function isCloserLine(line: string): boolean {
	const code = line.trim();
	return code.length <= maxLength && isClosers(code);
}

/** Whether a text holds closers and white space only: what of them stands on one line, too. */
export function isClosers(text: string): boolean {
	let rest = text;
	while (rest !== "") {
		const tag = endingTag.exec(rest) ?? endingSign.exec(rest);
		if (tag === null) {
			break;
		}
		rest = rest.slice(tag[0].length);
	}
	const code = withoutComment(rest);
	const word = withoutEnd(code, endingSign);
	return (
		rest === "" ||
		endingWord.test(word) ||
		endingWord.test(withoutEnd(code, statementEnd)) ||
		endingWords(word)
	);
}

/** A comment after a closer often names what is closed. */
function withoutComment(text: string): string {
	const comment = text.search(/\s(?:\/[/*]|#|--|%|")/);
	return comment < 0 ? text : text.slice(0, comment);
}

function withoutEnd(code: string, sign: RegExp): string {
	let end = code.length;
	while (end > 0 && sign.test(code.charAt(end - 1))) {
		end--;
	}
	return code.slice(0, end);
}

/** `end end end`, `done; done`. */
function endingWords(text: string): boolean {
	const words = text.split(/[\s;]+/);
	return words.length > 1 && words.every((word) => endingWord.test(word));
}
