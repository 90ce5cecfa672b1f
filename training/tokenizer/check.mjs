// Compares the ids of our own encoder with those of @huggingface/tokenizers, document by document, and checks that
// decoding returns the text.
//
// usage: node check.mjs TOKENIZER.json CORPUS.rec IDS.bin [WHERE_THE_PACKAGE_IS_INSTALLED]
//
// IDS.bin comes from encode.cpp run on the same corpus.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [tokenizerPath, corpusPath, idsPath, installed = process.cwd()] = process.argv.slice(2);
const require = createRequire(join(resolve(installed), "package.json"));
const { Tokenizer } = await import(
	pathToFileURL(require.resolve("@huggingface/tokenizers")).href
).then((m) => m.default ?? m);

const tokenizer = new Tokenizer(JSON.parse(readFileSync(tokenizerPath, "utf8")), {});
const ids = readFileSync(idsPath);
let at = 0;
let documents = 0;
let tokens = 0;
let different = 0;
let undecoded = 0;
const started = performance.now();

for (const record of readFileSync(corpusPath, "utf8").split("\x1e")) {
	if (record === "") continue;
	const text = record.split("\x1f").slice(3).join("\x1f");
	const count = ids.readUInt32LE(at);
	at += 4;
	const theirs = tokenizer.encode(text, { add_special_tokens: false }).ids;
	let equal = theirs.length === count;
	for (let k = 0; equal && k < count; k++) equal = theirs[k] === ids.readUInt16LE(at + 2 * k);
	at += 2 * count;
	documents++;
	tokens += count;
	if (!equal) different++;
	else if (
		tokenizer.decode(theirs, {
			skip_special_tokens: false,
			clean_up_tokenization_spaces: false,
		}) !== text
	)
		undecoded++;
}

console.log(
	`${documents} documents, ${tokens} tokens, ${different} with different ids, ${undecoded} that do not decode to their text, ` +
		`${((performance.now() - started) / 1000).toFixed(1)} s`,
);
process.exit(different + undecoded === 0 && at === ids.length ? 0 : 1);
