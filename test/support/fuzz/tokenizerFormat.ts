import { createTokenizer } from "../../../src/tokenizer/bpeTokenizer.ts";
import { tinyTokenizerJson } from "../tinyTokenizer.ts";
import { demand, type FuzzFormat } from "./fuzzFormat.ts";
import { mutatedJson } from "./mutatedJson.ts";

const sample: unknown = JSON.parse(tinyTokenizerJson(20));
const text = 'const größe = "🙂";\r\n\treturn  12;\n';

export const tokenizerFormat: FuzzFormat = {
	draw: (draw) => Buffer.from(mutatedJson(sample, draw)),
	read: (bytes) => {
		const tokenizer = createTokenizer(bytes.toString());
		const tokens = tokenizer.encode(text);
		demand(
			tokens.every((token) => token >= 0 && token < tokenizer.vocabularySize),
			"every token is one of the vocabulary",
		);
		const decoded = Buffer.concat(tokens.map((token) => tokenizer.bytesOf(token))).toString();
		demand(decoded === text, `${JSON.stringify(decoded)} is what was encoded`);
		return "taken";
	},
};
