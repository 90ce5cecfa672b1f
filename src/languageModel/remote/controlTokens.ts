/**
 * Keeps text from becoming control tokens. A server's tokenizer reads the spelling of a special token
 * anywhere in a prompt as that token: a file that contains one could end its part of the prompt, or begin a
 * message of another role. A space after the first character is the smallest change that prevents it.
 */
export function neutralizeControlTokens(text: string, markers: readonly string[]): string {
	let clean = text.replace(controlTokenPattern, insertSpace);
	for (const marker of markers) {
		if (clean.includes(marker)) {
			clean = clean.replaceAll(marker, insertSpace);
		}
	}
	return clean;
}

function insertSpace(token: string): string {
	return `${token.charAt(0)} ${token.slice(1)}`;
}

/**
 * What control tokens of chat and code models look like: `<|im_end|>`, `<|fim_prefix|>`, `<｜User｜>`,
 * `<start_of_turn>`, `<eos>`, `[INST]`, `[/INST]`. HTML and ordinary code don't have these shapes; `</s>` is HTML, and stays.
 */
const controlTokenPattern =
	/<\|[\p{L}\p{N}_▁/-]{1,60}\|>|<｜[\p{L}\p{N}_▁/-]{1,60}｜>|<(?:start|end)_of_turn>|<(?:bos|eos)>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]/gu;
