import picomatch from "picomatch";

/**
 * Names of files that hold credentials by convention. They are never read, so they can't reach a prompt.
 * Ordinary configuration (`settings.json`, `config.json`, `config.yaml`) isn't here: code is written against
 * it, and a list that hides it gets switched off.
 *
 * Patterns without a slash are matched against the file's name, the others against the end of its path;
 * neither minds case.
 */
export const secretPatterns: readonly string[] = [
	// Environments; `.env.example` and its like are meant to be shared.
	".env",
	".env.*",
	"*.env",
	".envrc",
	".dev.vars",
	// Private keys and key stores.
	"*.pem",
	"*.key",
	"*.p8",
	"*.p12",
	"*.pfx",
	"*.ppk",
	"*.jks",
	"*.keystore",
	"*.kdb",
	"*.kdbx",
	"*.agekey",
	"*.gpg",
	"*.pgp",
	"*.keytab",
	"*.ovpn",
	"id_{rsa,dsa,ecdsa,ed25519,ecdsa_sk,ed25519_sk}",
	"ssh_host_*_key",
	".ssh/*",
	".gnupg/**",
	// Log-ins of tools.
	".npmrc",
	".yarnrc.yml",
	".pypirc",
	".netrc",
	"_netrc",
	".pgpass",
	".my.cnf",
	".htpasswd",
	".git-credentials",
	".dockercfg",
	".docker/config.json",
	".aws/{credentials,config}",
	".azure/*",
	".config/gcloud/**",
	".config/gh/hosts.yml",
	".kube/config",
	"kubeconfig",
	"*.kubeconfig",
	".vault-token",
	".terraformrc",
	"terraform.rc",
	".s3cfg",
	".boto",
	// Named for what they hold.
	"credentials",
	"credentials.{json,yml,yaml,toml,ini,xml,txt,csv,properties}",
	"credentials.{yml,yaml}.enc",
	"secret{,s}",
	"secret{,s}.{json,yml,yaml,toml,ini,xml,txt,csv,properties}",
	"{client_secret,client-secret,service-account,service_account}*.json",
	"master.key",
	"*.tfstate",
	"*.tfstate.*",
	"*.tfvars",
	"*.tfvars.json",
	"*.mobileprovision",
	"*.publishsettings",
	"wp-config.php",
	".secrets/**",
];

/** Templates of the above, without values. */
const harmlessPatterns: readonly string[] = [
	".env.{example,sample,template,dist,defaults,schema}",
	"*.env.{example,sample,template,dist}",
	"{example,sample,template}.env",
	"*.{example,sample,template}.tfvars",
];

const options = { dot: true, nocase: true } as const;
const isSecretName = picomatch(
	secretPatterns.filter((pattern) => !pattern.includes("/")),
	options,
);
const isSecretEnd = picomatch(
	secretPatterns.filter((pattern) => pattern.includes("/")).map((pattern) => `**/${pattern}`),
	options,
);
const isHarmless = picomatch([...harmlessPatterns], options);

/** Whether a file, by its path with forward slashes, is one that may hold credentials. */
export function isSecretPath(file: string): boolean {
	const name = file.slice(file.lastIndexOf("/") + 1);
	// A glob's star doesn't match a newline, and a name may hold one.
	const plainName = name.replaceAll(/[\r\n]/g, " ");
	return (
		(isSecretName(plainName) && !isHarmless(plainName)) ||
		isSecretEnd(file.replaceAll(/[\r\n]/g, " "))
	);
}

/** The armour with a good part of a key in it; code that only names the armour has none. */
const privateKey =
	/-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\s"'+,]|\\[rn])*(?:[A-Za-z0-9+/=]{16,}(?:[\s"'+,]|\\[rn])*){2}/;

/** Whether a text holds a private key, whatever the file is called. */
export function holdsPrivateKey(text: string): boolean {
	return text.includes("PRIVATE KEY") && privateKey.test(text);
}
