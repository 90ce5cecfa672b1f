import { once } from "../../base/once.ts";
import { globPattern } from "./globPattern.ts";

/** What configuration is written in. */
const data =
	"{json,yml,yaml,toml,ini,xml,txt,csv,properties,cfg,conf,config,hcl,plist,xcconfig,env}";

/** Where a program runs: `secrets-prod.yaml` holds them, `secret-store.yaml` says where they are. */
const environment =
	"{prod,production,live,dev,development,stage,staging,stg,test,testing,qa,uat,ci,local,preprod,preview,sandbox}";

/** Whose keys and tokens people keep in files of their own. */
const service =
	"{openai,anthropic,claude,gemini,hf,huggingface,stripe,twilio,sendgrid,mailgun,slack,discord,telegram,bot,sentry,datadog,aws,azure,gcp,heroku,vercel,netlify,cloudflare,digitalocean,github,gh,gitlab,npm,pypi,cargo,jira}";

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
	".runtimeconfig.json",
	"connectionstrings.{config,json}",
	"*.pubxml.user",
	"local.properties",
	"{dev,test,prod,runtime,staging}.secret.exs",
	"app/config/parameters.yml",
	"app/etc/env.php",
	"sites/*/settings{,.local}.php",
	"localsettings.php",
	"*.decrypt.private.php",
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
	"*.truststore",
	"*.bcfks",
	"*.keyring",
	"*.keychain{,-db}",
	"*.kdb",
	"*.kdbx",
	"*.agekey",
	"*.age",
	"{.,}sops/age/**",
	"*.eyaml",
	"*.nk",
	"*.gpg",
	"*.pgp",
	"secring.*",
	"*.keytab",
	"*.ovpn",
	"wg[0-9]*.conf",
	"wg[_-]*.conf",
	"wireguard/*.conf",
	"vpnc/*.conf",
	"*.pcf",
	"*.mobileconfig",
	"{chap,pap}-secrets",
	"auth-user-pass{,.txt}",
	"tailscaled.state",
	"id_{rsa,dsa,ecdsa,ed25519}",
	"id_{rsa,dsa,ecdsa,ed25519}[._-]*",
	"*[._-]{rsa,dsa,ecdsa,ed25519}",
	"ssh_host_*_key",
	".ssh/**",
	".gnupg/**",
	"key.properties",
	"{*[._-],}{keystore,signing}.properties",
	"{sentry,fabric,crashlytics}.properties",
	"{*[._-],}{private,secret}{[._-],}key{,[_-]*}{,.txt,.json,.der,.asc,.xml,.yml,.yaml}",
	"{gcp,gcloud,google}{[._-]*,}key*.json",
	"*service-key*.json",
	"keyfile.json",
	"{gcp,gke,gcs}[._-]sa{[._-]*,}.json",
	"{*[._-],}sa[._-]key{,s}{[._-]*,}.json",
	"pc-api-*.json",
	"{root,access}{[._-],}key{,s}{[._-]*,}.csv",
	"*[._-]access{[._-],}key{,s}.csv",
	"{*[._-],}{deploy,ssh,bastion,signing,encryption}[._-]key{,.txt}",
	`{*[._-],}${service}[._-]key{,s}{,.txt,.json}`,
	"{*[._-],}{unseal,vault}[._-]key{,s}{,.txt,.json}",
	"cluster-keys.json",
	"{*[._-],}data_bag_secret",
	"{*[._-],}{private,secret}.asc",
	"acme.json",
	"cwallet.sso",
	"{*[._-],}mnemonic{,.txt}",
	"{*[._-],}{seed,recovery}[ ._-]phrase{,.txt}",
	"{*[._-],}{recovery,backup}[ ._-]codes{,.txt}",
	".foundry/keystores/*",
	"wallet.dat",
	"utc--*",
	".config/solana/**",
	// Log-ins of tools.
	".npmrc",
	".npmrc[_-]*",
	".npmrc.{local,ci,auth,private,publish,docker}",
	"pnpm/{rc,auth.ini}",
	"pip.{conf,ini}",
	"pypoetry/auth.toml",
	"uv/credentials/*",
	".bundle/config",
	".hex/hex.config",
	"pub-tokens.json",
	".nuget/nuget/nuget.config",
	".yarnrc.yml",
	".pypirc",
	".netrc",
	"_netrc",
	".authinfo",
	".pgpass",
	"{.,}pg_service.conf",
	"pgpass.conf",
	".my.cnf",
	"{.,}odbc.ini",
	"cqlshrc",
	"pgbouncer/userlist.txt",
	".snowflake/**",
	".influxdbv2/configs",
	"{.mc,.mcli}/config.json",
	".mylogin.cnf",
	".htpasswd",
	"htpasswd",
	"*.htpasswd",
	".htdigest",
	".git-credentials",
	".dockercfg",
	".dockerconfigjson",
	".docker/config.json",
	".docker/contexts/**",
	"helm/registry/config.json",
	"auth.json",
	".aws/{credentials,config}",
	".aws/{sso,cli}/**",
	".azure/**",
	"azureauth.json",
	".{oci,aliyun,twilio-cli,doppler,railway,runpod}/*",
	".{fly,travis}/config.yml",
	".bluemix/config.json",
	".wrangler/config/*",
	".netlify/config.json",
	".config/netlify/config.json",
	".config/configstore/*",
	".circleci/cli.yml",
	".config/gcloud/**",
	".config/{gh,hub,glab-cli,doctl,hcloud,scw,stripe,argocd,op}/**",
	".config/hub",
	"application_default_credentials.json",
	"gha-creds-*.json",
	".kube/**",
	".talos/config",
	".argocd/config",
	"kubernetes/{admin,super-admin,kubelet,scheduler,controller-manager}.conf",
	"gitlab-runner/config.toml",
	"kubeconfig",
	"kube[_-]config{,[._-]*}",
	"{k3s,rke2}.yaml",
	"talosconfig",
	".cloudflared/*",
	"kubeconfig[._-]*",
	"*.kubeconfig",
	"*[._-]kubeconfig{,.yml,.yaml,.json,.conf}",
	".vault-token",
	"{group,host}_vars/*/vault{,[._-]*}.{yml,yaml}",
	"galaxy_token",
	"{.,*[._-],}vault{[_-],}pass{,word,wd,phrase}{,[_-]file}{,.txt,.yml}",
	".terraformrc",
	"terraform.rc",
	"credentials.tfrc.json",
	"*.tfplan",
	"*.pkrvars.hcl",
	".kamal/secrets*",
	"credentials/*.{yml,yaml}.enc",
	".s3cfg",
	".boto",
	".passwd-s3fs",
	"{.,}rclone.conf",
	"{.,}smbcredentials",
	"sasl_passwd",
	"wpa_supplicant.conf",
	"*.nmconnection",
	"{*[._-],}cookies.txt",
	".databrickscfg",
	".snowsql/config",
	".dbt/profiles.yml",
	".kaggle/*",
	"kaggle.json",
	"huggingface/token",
	".sentryclirc",
	".dogrc",
	"datadog-agent/datadog.yaml",
	".{arcrc,cvspass,p4tickets,gist,wakatime.cfg,transifexrc,cdsapirc,modal.toml,httr-oauth,erlang.cookie}",
	".subversion/auth/**",
	"initialadminpassword",
	".clasprc.json",
	"ngrok.{yml,yaml}",
	".m2/settings.xml",
	"settings-security.xml",
	".gradle/gradle.properties",
	".{msmtprc,mbsyncrc,offlineimaprc,esmtprc}",
	".fetchmailrc",
	".vscode/sftp.json",
	"sftp-config.json",
	".ftpconfig",
	"{sitemanager,recentservers,filezilla,confcons}.xml",
	"winscp.ini",
	"*.remmina",
	"{playwright,e2e,tests,cypress}/.auth/*",
	"bitwarden_export*.{json,csv}",
	"{lastpass,1password,dashlane}[ _-]export*.csv",
	"*.{1pif,1pux}",
	// What was typed into a shell or a database.
	".*[_-]history",
	".{zhistory,histfile,rhistory,dbshell}",
	"consolehost_history.txt",
	"fish_history",
	// Named for what they hold.
	"{*[._-],}credentials",
	`{*[._-],}credentials{[._-]*,}.${data}`,
	"*.cred{,s}",
	`{*[._-],}creds{[._-]*,}.${data}`,
	"credentials.{yml,yaml}.enc",
	"{.,}secret{,s}",
	".*[_-]secret{,s}",
	`{*[._-],}secret{,s}{.*,}.${data}`,
	`{*[._-],}secret{,s}[_-]${environment}{[._-]*,}.${data}`,
	"*.secret{,s}",
	"{.,}passw{or,}d{,s}",
	`password{,s}.${data}`,
	".*[._-]{password,passwd,passphrase}",
	"*[._-]{password,passwd,passphrase}.txt",
	"{*[._-],}{db,database,postgres,pg,mysql,redis,root,admin,smtp}[._-]{password,passwd}",
	".token",
	".*[._-]token",
	"*[._-]token.txt",
	`{*[._-],}${service}[._-]token{,.json}`,
	"token.{json,pickle,txt}",
	"{*[._-],}{access,auth,oauth,api,refresh}{[._-],}token{,s}{,.txt,.json}",
	"{*[._-],}api{[._-],}key{,s}{,.txt,.json,.yml,.yaml,.toml,.ini,.xml,.properties,.plist,.xcconfig}",
	"{client_secret,client-secret}*.json",
	"*service{-,_,}account*.json",
	"*firebase-adminsdk*.json",
	"master.key",
	"*.tfstate",
	"*.tfstate.*",
	"*.tfvars",
	"*.tfvars.json",
	"*.{mobileprovision,provisionprofile}",
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
	`*[._-]${template}.${data}`,
	`{example,sample,template}[._-]*.${data}`,
	`wp-config-sample.php`,
	// What only works with such files: public keys, programs, descriptions.
	"id_*.pub",
	`{id_,kube,secring,.envrc,.npmrc,utc--}*.${code}`,
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
