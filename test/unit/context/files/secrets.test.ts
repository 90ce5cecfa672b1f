import { expect, test } from "vitest";
import {
	holdsPrivateKey,
	isSecretIn,
	isSecretPath,
	mayHoldSecrets,
} from "../../../../src/context/files/secrets.ts";

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
	".Renviron",
	".Renviron.site",
	".env-prod",
	".env_prod",
	".env-prod.local",
	".envs/.local/.django",
	".envs/postgres",
	".flaskenv",
	".dev.vars.staging",
	"api/local.settings.json",
	"shop-firebase-adminsdk-ab1cd-0123456789.json",
	"auth.json",
	"home/.config/containers/auth.json",
	".vault_pass",
	".vault-password.txt",
	"vault_pass.txt",
	"kubeconfig-prod",
	"kubeconfig-prod.yaml",
	"kubeconfig.yml",
	"prod-kubeconfig.yaml",
	"home/.kube/config-prod",
	"id_rsa_work",
	"id_rsa-2024",
	"id_ed25519.old",
	"deploy_rsa",
	"home/.ssh/keys/deploy",
	"id_ecdsa_sk",
	".id_rsa.swp",
	"id_rsa~",
	"id_rsa copy",
	".env.bak",
	".env~",
	"#.env#",
	"server.pem.orig",
	"credentials (1).json",
	"credentials copy.json",
	"credentials.json.bak.1",
	"aws-credentials.json",
	"credentials.prod.yml",
	"db-secret.yaml",
	"secrets.prod.toml",
	"application_default_credentials.json",
	"gha-creds-0123.json",
	"my-serviceaccount.json",
	"prod.auto.tfvars",
	".psql_history",
	".bash_history",
	".vscode/sftp.json",
	"home/.m2/settings.xml",
	"home/.gradle/gradle.properties",
	"keystore.properties",
	"wp-config-local.php",
	"home/.config/gh/hosts.yml",
	"http-client.private.env.json",
	"aws_credentials",
	"gcp-key.json",
	"serviceAccountKey.json",
	"private_key.txt",
	"private-key.json",
	"django_secret_key.txt",
	"api_keys.json",
	"openai-api-key.txt",
	"access_token",
	"github.access-token.txt",
	"ansible-vault-password-file",
	"kube_config_cluster.yml",
	"passwd",
	"signing.snk",
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
	".env-example",
	".env.local.example",
	".env.example.local",
	".envrc.example",
	".Renviron.example",
	".env.d.ts",
	"local.settings.example.json",
	"credentials.example.json",
	"secrets.sample.yaml",
	"wp-config-sample.php",
	"id_rsa.pub",
	"id_ed25519_work.pub",
	"id_rsa_test.go",
	"kubeconfig.go",
	"kubeconfig_test.go",
	"kubeconfig-loader.ts",
	"src/auth.ts",
	"auth.schema.ts",
	"locales/auth.yml",
	"appsettings.json",
	"appsettings.Development.json",
	"gradle.properties",
	"settings.xml",
	"tokens.json",
	"tokenizer.json",
	"src/secretSanta.json",
	"history.ts",
	"src/vault_pass.py",
	"firebase.json",
	"google-services.json",
	"src/(1).ts",
	"~",
	"copy.ts",
	"envs/dev.ts",
	".envs/py3/lib/site.py",
	"service.json",
	"user_account.json",
	"src/service/account.json",
	"api-key.ts",
	"privateKey.ts",
	"private_key_test.py",
	"secret-key-rotation.md",
	"kube-config-loader.go",
	"access_token.rb",
	"locales/password_reset.json",
	"keymap.json",
	"api.json",
	"src/passwd.c",
])("%j is ordinary", (file) => {
	expect(isSecretPath(file)).toBe(false);
});

test("a folder that is opened alone counts with its name", () => {
	expect(isSecretIn("/home/u/.aws", "config")).toBe(true);
	expect(isSecretIn("C:\\Users\\u\\.kube", "config")).toBe(true);
	expect(isSecretIn("/home/u/.config/gh", "hosts.yml")).toBe(true);
	expect(isSecretIn("/home/u/.secrets/old/work/app", "src/a.ts")).toBe(false);
	expect(isSecretIn("/", "config")).toBe(false);
});

test("a name of any length and kind is judged at once", () => {
	for (const name of [" (1)", "~", ".bak", " copy", "#", "secret.", "-", "*", "{", "(", "é"]) {
		expect(isSecretPath(`src/${name.repeat(2000)}.ts`)).toBe(false);
	}
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

test("a document may hold secrets by its name, or by what stands in it", () => {
	expect(mayHoldSecrets({ path: "notes.txt", text: `-----BEGIN PRIVATE KEY-----\n${body}` })).toBe(
		true,
	);
	expect(mayHoldSecrets({ path: ".env", text: "" })).toBe(true);
	expect(mayHoldSecrets({ path: "notes.txt", text: "a" })).toBe(false);
});

test("code that only names the armour of a key holds none", () => {
	expect(
		holdsPrivateKey('if (text.startsWith("-----BEGIN PRIVATE KEY-----")) { return parse(text); }'),
	).toBe(false);
	expect(holdsPrivateKey(`-----BEGIN PUBLIC KEY-----\n${body}\n`)).toBe(false);
});
