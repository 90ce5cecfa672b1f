import { expect, test } from "vitest";
import { holdsPrivateKey, isSecretPath } from "../../../../src/context/files/secrets.ts";

test.each([
	".env",
	".env.local",
	"app/.ENV.production",
	"deploy/prod.env",
	"id_rsa",
	"home/.ssh/known_hosts",
	"keys/id_ed25519",
	"server.pem",
	"server.KEY",
	"store.p12",
	"store.pfx",
	"release.jks",
	"passwords.kdbx",
	".npmrc",
	"sub/.netrc",
	".pypirc",
	".pgpass",
	".git-credentials",
	".aws/credentials",
	"home/.docker/config.json",
	".kube/config",
	"kubeconfig",
	"prod.kubeconfig",
	"terraform.tfstate",
	"terraform.tfstate.backup",
	"prod.tfvars",
	"credentials.json",
	"config/credentials.yml.enc",
	"config/master.key",
	"secrets.yaml",
	"client_secret_123.json",
	"service-account-prod.json",
	"wp-config.php",
	"a\nb.pem",
])("%j holds credentials", (file) => {
	expect(isSecretPath(file)).toBe(true);
});

test.each([
	"settings.json",
	"config.json",
	"config/config.yaml",
	".vscode/settings.json",
	"src/config.ts",
	"src/secrets.ts",
	"src/credentials.py",
	"src/env.ts",
	"src/environment.ts",
	".env.example",
	"prod.env.sample",
	"environments/example.env",
	"src/keyboard.ts",
	"docs/ssh.md",
	"token.go",
	"package.json",
	"id_rsa.ts",
	"prod.example.tfvars",
	"aws/config.go",
	"kube/config/main.go",
])("%j is ordinary", (file) => {
	expect(isSecretPath(file)).toBe(false);
});

const body = Array.from(
	{ length: 4 },
	() => "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ==",
).join("\n");

test("a private key is found in any file, also in a string of code", () => {
	expect(holdsPrivateKey(`-----BEGIN RSA PRIVATE KEY-----\n${body}\n`)).toBe(true);
	expect(
		holdsPrivateKey(`const key = "-----BEGIN PRIVATE KEY-----\\n${body.replaceAll("\n", "\\n")}";`),
	).toBe(true);
	expect(
		holdsPrivateKey(`"-----BEGIN EC PRIVATE KEY-----\\n" +\n"${body.replaceAll("\n", '" +\n"')}"`),
	).toBe(true);
});

test("code that only names the armour of a key holds none", () => {
	expect(
		holdsPrivateKey('if (text.startsWith("-----BEGIN PRIVATE KEY-----")) { return parse(text); }'),
	).toBe(false);
	expect(holdsPrivateKey(`-----BEGIN PUBLIC KEY-----\n${body}\n`)).toBe(false);
});
