import { once } from "../../base/once.ts";
import { globPattern } from "./globPattern.ts";

/**
 * Names of files that hold credentials by convention: the one list for everything that may show a file to a model.
 * Such files are never read for other documents, and they themselves are completed on this machine alone.
 * Ordinary configuration (`settings.json`, `config.json`, `config.yaml`) isn't here: code is written against
 * it, and a list that hides it gets switched off.
 *
 * Patterns without a slash are matched against the file's name, the others against the end of its path;
 * neither minds case.
 */
export const secretPatterns: readonly string[] = [
	// Environments; `.env.example` and its like are meant to be shared.
	".env",
	".env[._-]*",
	"*.env",
	"{.,}env.local",
	".envrc",
	".envrc.*",
	".envs/*",
	".envs/.*/**",
	".flaskenv",
	".dev.vars",
	".dev.vars.*",
	"{.,}renviron",
	"{.,}renviron.*",
	"local.settings.json",
	"appsettings.local.json",
	"{*.,}http-client.private.env.json",
	"*.postman_environment.json",
	// Private keys and key stores.
	"*.pem",
	"*.key",
	"*.p8",
	"*.p12",
	"*.pfx",
	"*.pkcs{8,12}",
	"*.pvk",
	"*.snk",
	"*.ppk",
	"*.jks",
	"*.jceks",
	"*.bks",
	"*.keystore",
	"*.keychain{,-db}",
	"*.kdb",
	"*.kdbx",
	"*.agekey",
	"*.gpg",
	"*.pgp",
	"secring.*",
	"*.keytab",
	"*.ovpn",
	"wg[0-9].conf",
	"id_{rsa,dsa,ecdsa,ed25519}",
	"id_{rsa,dsa,ecdsa,ed25519}[._-]*",
	"*[._-]{rsa,dsa,ecdsa,ed25519}",
	"ssh_host_*_key",
	".ssh/**",
	".gnupg/**",
	"{keystore,key,signing}.properties",
	"{*[._-],}{private,secret}{[._-],}key{,[_-]*}{,.txt,.json,.der,.asc,.xml,.yml,.yaml}",
	"{gcp,gcloud,google}{[._-]*,}key*.json",
	"*service-key*.json",
	"keyfile.json",
	"cwallet.sso",
	"wallet.dat",
	"utc--*",
	".config/solana/**",
	// Log-ins of tools.
	".npmrc",
	".yarnrc.yml",
	".pypirc",
	".netrc",
	"_netrc",
	".authinfo",
	".pgpass",
	"{.,}pg_service.conf",
	"pgpass.conf",
	".my.cnf",
	".mylogin.cnf",
	".htpasswd",
	"htpasswd",
	".git-credentials",
	".dockercfg",
	".dockerconfigjson",
	".docker/config.json",
	"auth.json",
	".aws/{credentials,config}",
	".aws/{sso,cli}/**",
	".azure/**",
	".config/gcloud/**",
	".config/{gh,hub,glab-cli,doctl}/**",
	".config/hub",
	"application_default_credentials.json",
	"gha-creds-*.json",
	".kube/**",
	"kubeconfig",
	"kube[_-]config{,[._-]*}",
	"{k3s,rke2}.yaml",
	"talosconfig",
	".cloudflared/*",
	"kubeconfig[._-]*",
	"*.kubeconfig",
	"*[._-]kubeconfig{,.yml,.yaml,.json,.conf}",
	".vault-token",
	"{.,*[._-],}vault[_-]pass{,word,wd,phrase}{,[_-]file}{,.txt,.yml}",
	".terraformrc",
	"terraform.rc",
	"credentials.tfrc.json",
	".s3cfg",
	".boto",
	".passwd-s3fs",
	"{.,}rclone.conf",
	"{.,}smbcredentials",
	"sasl_passwd",
	"wpa_supplicant.conf",
	"*.nmconnection",
	"cookies.txt",
	".databrickscfg",
	".snowsql/config",
	".dbt/profiles.yml",
	".kaggle/*",
	"kaggle.json",
	"huggingface/token",
	".sentryclirc",
	".clasprc.json",
	"ngrok.yml",
	".m2/settings{,-security}.xml",
	".gradle/gradle.properties",
	".msmtprc",
	".fetchmailrc",
	".vscode/sftp.json",
	"sftp-config.json",
	".ftpconfig",
	"{sitemanager,recentservers}.xml",
	// What was typed into a shell or a database.
	".*_history",
	"fish_history",
	// Named for what they hold.
	"{*[._-],}credentials",
	"{*[._-],}credentials{[._-]*,}.{json,yml,yaml,toml,ini,xml,txt,csv,properties,cfg,conf}",
	"credentials.{yml,yaml}.enc",
	"{.,}secret{,s}",
	"{*[._-],}secret{,s}{.*,}.{json,yml,yaml,toml,ini,xml,txt,csv,properties,cfg,conf,env}",
	"*.secret{,s}",
	"{.,}passw{or,}d{,s}",
	"password{,s}.{json,yml,yaml,toml,ini,xml,txt,csv,properties}",
	".token",
	"token.{json,pickle,txt}",
	"{*[._-],}{access,auth,oauth,api,refresh}{[._-],}token{,s}{,.txt,.json}",
	"{*[._-],}api{[._-],}key{,s}{,.txt,.json,.yml,.yaml,.toml,.ini}",
	"{client_secret,client-secret}*.json",
	"*service{-,_,}account*.json",
	"*firebase-adminsdk*.json",
	"master.key",
	"*.tfstate",
	"*.tfstate.*",
	"*.tfvars",
	"*.tfvars.json",
	"*.mobileprovision",
	"*.publishsettings",
	"wp-config{,-*}.php",
	".secrets/**",
];

/** Templates of the above, without values. */
const template = "{example,sample,template,tmpl,tpl,dist,defaults,schema}";
const code =
	"{ts,tsx,mts,cts,js,jsx,mjs,cjs,py,pyi,go,rs,java,kt,cs,c,cc,cpp,h,hpp,rb,php,sh,ps1,md}";
export const harmlessPatterns: readonly string[] = [
	`.env{,rc}{,[._-]*}[._-]${template}`,
	`.env[._-]${template}.*`,
	`*.env[._-]${template}`,
	`{example,sample,template}.env`,
	`*[._-]{example,sample,template}.env`,
	`{.,}renviron.${template}`,
	".env.d.ts",
	`local.settings.${template}.json`,
	`*.{example,sample,template}.tfvars`,
	`*[._-]${template}.{json,yml,yaml,toml,ini,xml,txt,csv,properties,cfg,conf}`,
	`wp-config-sample.php`,
	// What only works with such files: public keys, programs, descriptions.
	"id_*.pub",
	`{id_,kube,secring,.envrc,utc--}*.${code}`,
	`*key[._-]*.${code}`,
];

// One expression for all of a kind, compiled when the first file is asked about: an expression for each kept a thread for 80 ms (2026-11-28, two cores of a Xeon).
const secretName = once(() =>
	wholeName(secretPatterns.filter((pattern) => !pattern.includes("/"))),
);
const secretEnd = once(() => {
	const patterns = secretPatterns.filter((pattern) => pattern.includes("/"));
	return new RegExp(`(?:^|/)(?:${globPattern(patterns)})$`, "i");
});
const harmlessName = once(() => wholeName(harmlessPatterns));

const wholeName = (patterns: readonly string[]): RegExp =>
	new RegExp(`^(?:${globPattern(patterns)})$`, "i");

/** In `.ssh/../notes.md` nothing is said of the folder that it is in. */
const unresolved = /(?:^|\/)\.\.?(?:\/|$)/;

/** What editors and people put behind the name of a file that they keep a copy of. */
const copyMark =
	/(?:~|#|\.(?:bak|backup|old|orig|save|swp|swo|tmp|copy|disabled|\d{1,3})| copy(?: \d{1,3})?| ?\(\d{1,3}\))$/i;

const maxCopyMarks = 3;

/** Whether a file, by its path with forward slashes, is one that may hold credentials. */
export function isSecretPath(file: string): boolean {
	// A name may hold a newline, which nothing below is meant to mind.
	const plain = file.replaceAll(/[\r\n]/g, " ");
	return (
		(!unresolved.test(plain) && secretEnd().test(plain)) ||
		originalNames(plain.slice(plain.lastIndexOf("/") + 1)).some(isSecret)
	);
}

const isSecret = (name: string): boolean => secretName().test(name) && !harmlessName().test(name);

/** A name, and those of what it may be a copy of: `id_rsa.old`, `.env~`, `.id_rsa.swp`, `credentials (1).json`. */
function originalNames(name: string): readonly string[] {
	const names = [name, name.replace(/(?: copy(?: \d{1,3})?| ?\(\d{1,3}\))(?=\.\w{1,10}$)/i, "")];
	let original = name;
	for (let mark = 0; mark < maxCopyMarks && copyMark.test(original); mark++) {
		original = original.replace(copyMark, "");
		names.push(original, original.replace(/^[.#]/, ""));
	}
	return [...new Set(names)].filter((each) => each !== "");
}

/** Folders of a path that patterns name, counted from its file. */
const namedFolders = 2;

/** The same for a file of a folder that was opened by itself: `config` in `.aws` is no ordinary one. */
export function isSecretIn(root: string, file: string): boolean {
	const folders = root.split(/[\\/]/).filter((name) => name !== "");
	return isSecretPath([...folders.slice(-namedFolders), file].join("/"));
}

/** Whether a document's name or what stands in it says that it may hold credentials. */
export function mayHoldSecrets(document: {
	readonly path: string;
	readonly text: string;
}): boolean {
	return isSecretPath(document.path) || holdsPrivateKey(document.text);
}

/** The armour with a good part of a key in it; code that only names the armour has none. */
const privateKey =
	/-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\s"'+,]|\\[rn])*(?:[A-Za-z0-9+/=]{16,}(?:[\s"'+,]|\\[rn])*){2}/;

/** Whether a text holds a private key, whatever the file is called. */
export function holdsPrivateKey(text: string): boolean {
	return text.includes("PRIVATE KEY") && privateKey.test(text);
}
