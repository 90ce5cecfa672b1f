import path from "node:path";
import { expect, test } from "vitest";
import { openIndex } from "../../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const signal = new AbortController().signal;

const secrets = [
	".Renviron",
	".env-prod",
	".envs/.local/.django",
	"api/local.settings.json",
	"shop-firebase-adminsdk-1.json",
	"auth.json",
	".vault_pass",
	"kubeconfig-prod",
	"id_rsa_work",
	".env~",
];

test("files that may hold credentials are in no index, on disk or as open documents", async () => {
	const text = "hunterTwo = 1\n";
	using folder = new TemporaryFolder({
		"a.ts": "const a = 1;\n",
		...Object.fromEntries(secrets.map((file) => [file, text])),
	});
	await using index = await openIndex(folder.path);
	await index.scan(signal);
	for (const file of secrets) {
		await index.update(file, `${text}hunterThree = 2\n`);
		expect(index.textOf(file, 0, 1)).toBeUndefined();
	}
	expect(index.files().map((file) => file.path)).toEqual(["a.ts"]);
	expect(index.search("hunterTwo hunterThree", { limit: 5 })).toEqual([]);
});

test("a folder of credentials that is opened alone has none", async () => {
	using folder = new TemporaryFolder({ ".aws/config": "hunterTwo = 1\n", ".aws/notes.md": "a\n" });
	await using index = await openIndex(path.join(folder.path, ".aws"));
	await index.scan(signal);
	expect(index.files().map((file) => file.path)).toEqual(["notes.md"]);
});
