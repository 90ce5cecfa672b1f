import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
	{ ignores: ["dist/", "out/", "node_modules/", "**/node_modules/", "models/", "test/fixtures/"] },
	js.configs.recommended,
	{
		files: ["**/*.ts"],
		extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
		languageOptions: {
			parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			"@typescript-eslint/consistent-type-imports": "error",
			"@typescript-eslint/switch-exhaustiveness-check": "error",
			"@typescript-eslint/no-explicit-any": "error",
			"@typescript-eslint/no-floating-promises": "error",
			"@typescript-eslint/restrict-template-expressions": [
				"error",
				{ allowNumber: true, allowBoolean: true },
			],
			"@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
			// Index signatures are read with brackets under noPropertyAccessFromIndexSignature.
			"@typescript-eslint/dot-notation": "off",
			eqeqeq: "error",
			"max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
			"no-restricted-imports": [
				"error",
				{ paths: [{ name: "vscode", message: "Only src/extension talks to the editor." }] },
			],
		},
	},
	{
		files: ["src/extension/**/*.ts", "test/host/**/*.ts"],
		rules: { "no-restricted-imports": "off" },
	},
	{
		files: ["src/**/*.ts"],
		ignores: ["src/webview/**", "src/extension/**"],
		rules: {
			// Node 22 has them, and tests may use them; nothing else that the types offer is missing from Node 20.
			"no-restricted-properties": [
				"error",
				...[
					["Promise", "withResolvers"],
					["URL", "parse"],
				].map(([object, property]) => ({
					...{ object, property },
					message: "The command line runs under Node 20 too.",
				})),
			],
		},
	},
	{
		files: ["**/*.mjs", "**/*.cjs"],
		languageOptions: {
			globals: Object.fromEntries(
				[
					"process",
					"console",
					"Buffer",
					"URL",
					"setTimeout",
					"clearTimeout",
					"fetch",
					"performance",
					"AbortSignal",
				].map((name) => [name, "readonly"]),
			),
		},
	},
);
