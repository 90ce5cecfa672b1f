/**
 * How models mark what they think aloud before they answer, as they write it. What stands between two marks isn't part
 * of the answer.
 */
export const thoughtMarks: readonly { readonly open: string; readonly close: string }[] = [
	// Qwen, DeepSeek and most others; then Anthropic's, Gemma's and other families' words for it.
	...["think", "thinking", "thought", "thoughts", "reasoning", "seed:think"].map((name) => ({
		open: `<${name}>`,
		close: `</${name}>`,
	})),
	// Magistral.
	{ open: "[THINK]", close: "[/THINK]" },
	// Kimi.
	{ open: "◁think▷", close: "◁/think▷" },
	// Command A.
	{ open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
	{ open: "<|begin_of_thought|>", close: "<|end_of_thought|>" },
	// gpt-oss, where a server hands its channels through.
	{ open: "<|channel|>analysis<|message|>", close: "<|channel|>final<|message|>" },
];
