/**
 * Colours and fonts as the editor gives them to a view, of the themes that come with it. Only the variables
 * that the chat view reads.
 */
export interface Theme {
	readonly bodyClass: string;
	readonly background: string;
	readonly variables: Readonly<Record<string, string>>;
}

const fonts = {
	"font-family": "system-ui, Ubuntu, 'Droid Sans', 'DejaVu Sans', sans-serif",
	"font-size": "13px",
	"font-weight": "normal",
	"editor-font-family": "'Droid Sans Mono', 'DejaVu Sans Mono', monospace",
	"editor-font-size": "13px",
	"editor-font-weight": "normal",
};

const dark: Theme = {
	bodyClass: "vscode-dark",
	background: "#181818",
	variables: {
		...fonts,
		foreground: "#cccccc",
		descriptionForeground: "#9d9d9d",
		"icon-foreground": "#cccccc",
		focusBorder: "#0078d4",
		"widget-border": "#313131",
		"widget-shadow": "#0000005c",
		"sideBar-background": "#181818",
		"editor-background": "#1f1f1f",
		"editor-foreground": "#cccccc",
		"editorLineNumber-foreground": "#6e7681",
		"editorWidget-background": "#202020",
		"editorWidget-foreground": "#cccccc",
		"editorWarning-foreground": "#cca700",
		"input-background": "#313131",
		"input-border": "#3c3c3c",
		"input-foreground": "#cccccc",
		"input-placeholderForeground": "#989898",
		"settings-textInputBackground": "#313131",
		"settings-textInputBorder": "#3c3c3c",
		"settings-textInputForeground": "#cccccc",
		"inputValidation-errorBackground": "#5a1d1d",
		"inputValidation-errorBorder": "#be1100",
		"button-background": "#0078d4",
		"button-foreground": "#ffffff",
		"button-hoverBackground": "#026ec1",
		"button-border": "#ffffff12",
		"button-secondaryBackground": "#313131",
		"button-secondaryForeground": "#cccccc",
		"button-secondaryHoverBackground": "#3c3c3c",
		"toolbar-hoverBackground": "#5a5d5e50",
		"toolbar-activeBackground": "#63666750",
		"list-hoverBackground": "#2a2d2e",
		"list-inactiveSelectionBackground": "#37373d",
		"badge-background": "#616161",
		"badge-foreground": "#f8f8f8",
		"progressBar-background": "#0078d4",
		"scrollbarSlider-background": "#79797966",
		"scrollbarSlider-hoverBackground": "#646464b3",
		"editorSuggestWidget-background": "#202020",
		"editorSuggestWidget-border": "#454545",
		"editorSuggestWidget-foreground": "#cccccc",
		"editorSuggestWidget-selectedBackground": "#04395e",
		"editorSuggestWidget-selectedForeground": "#ffffff",
		"textLink-foreground": "#4daafc",
		"textLink-activeForeground": "#4daafc",
		"textPreformat-foreground": "#d0d0d0",
		"textPreformat-background": "#3c3c3c",
		"textBlockQuote-background": "#2b2b2b",
		"textBlockQuote-border": "#616161",
		"textCodeBlock-background": "#2b2b2b",
		"textSeparator-foreground": "#21262d",
		"diffEditor-insertedLineBackground": "#9bb95533",
		"diffEditor-removedLineBackground": "#ff000033",
		"gitDecoration-addedResourceForeground": "#81b88b",
		"gitDecoration-deletedResourceForeground": "#c74e39",
		"charts-blue": "#59a4f9",
		"charts-green": "#89d185",
		"charts-orange": "#d18616",
		"charts-purple": "#b180d7",
		"symbolIcon-eventForeground": "#ee9d28",
		"symbolIcon-variableForeground": "#75beff",
		"debugTokenExpression-string": "#ce9178",
		"debugTokenExpression-number": "#b5cea8",
		"chat-requestBubbleBackground": "#1f3a5c7a",
	},
};

const light: Theme = {
	bodyClass: "vscode-light",
	background: "#f8f8f8",
	variables: {
		...dark.variables,
		foreground: "#3b3b3b",
		descriptionForeground: "#616161",
		"icon-foreground": "#3b3b3b",
		focusBorder: "#005fb8",
		"widget-border": "#e5e5e5",
		"widget-shadow": "#00000029",
		"sideBar-background": "#f8f8f8",
		"editor-background": "#ffffff",
		"editor-foreground": "#3b3b3b",
		"editorWidget-background": "#f8f8f8",
		"editorWidget-foreground": "#3b3b3b",
		"editorWarning-foreground": "#bf8803",
		"input-background": "#ffffff",
		"input-border": "#cecece",
		"input-foreground": "#3b3b3b",
		"input-placeholderForeground": "#767676",
		"settings-textInputBackground": "#ffffff",
		"settings-textInputBorder": "#cecece",
		"settings-textInputForeground": "#3b3b3b",
		"inputValidation-errorBackground": "#f2dede",
		"button-background": "#005fb8",
		"button-hoverBackground": "#0258a8",
		"button-border": "#0000001a",
		"button-secondaryBackground": "#e5e5e5",
		"button-secondaryForeground": "#3b3b3b",
		"button-secondaryHoverBackground": "#cccccc",
		"toolbar-hoverBackground": "#b8b8b850",
		"toolbar-activeBackground": "#a6a6a650",
		"list-hoverBackground": "#f2f2f2",
		"list-inactiveSelectionBackground": "#e4e6f1",
		"badge-background": "#cccccc",
		"badge-foreground": "#3b3b3b",
		"progressBar-background": "#005fb8",
		"scrollbarSlider-background": "#64646466",
		"editorSuggestWidget-background": "#f8f8f8",
		"editorSuggestWidget-border": "#c8c8c8",
		"editorSuggestWidget-foreground": "#3b3b3b",
		"editorSuggestWidget-selectedBackground": "#e8e8e8",
		"editorSuggestWidget-selectedForeground": "#000000",
		"textLink-foreground": "#005fb8",
		"textLink-activeForeground": "#005fb8",
		"textPreformat-foreground": "#3b3b3b",
		"textPreformat-background": "#0000001f",
		"textBlockQuote-background": "#f8f8f8",
		"textBlockQuote-border": "#e5e5e5",
		"textCodeBlock-background": "#f0f0f0",
		"gitDecoration-addedResourceForeground": "#587c0c",
		"gitDecoration-deletedResourceForeground": "#ad0707",
		"diffEditor-insertedLineBackground": "#9bb95533",
		"charts-blue": "#0063d3",
		"charts-green": "#388a34",
		"charts-purple": "#652d90",
		"symbolIcon-eventForeground": "#d67e00",
		"symbolIcon-variableForeground": "#007acc",
		"debugTokenExpression-string": "#a31515",
		"debugTokenExpression-number": "#098658",
		"chat-requestBubbleBackground": "#dbe9f7",
	},
};

function highContrast(base: Theme, isDark: boolean): Theme {
	const text = isDark ? "#ffffff" : "#292929";
	const back = isDark ? "#000000" : "#ffffff";
	const border = isDark ? "#6fc3df" : "#0f4a85";
	const active = isDark ? "#f38518" : "#006bbd";
	const colours: Record<string, string> = {};
	for (const name of Object.keys(base.variables)) {
		if (name.endsWith("oreground")) {
			colours[name] = text;
		} else if (name.endsWith("ackground") && !/scrollbar|progress|diffEditor/.test(name)) {
			colours[name] = back;
		} else if (name.endsWith("order")) {
			colours[name] = border;
		}
	}
	// These have no value in such themes, and what they would colour is bordered instead.
	for (const name of ["widget-shadow", "list-hoverBackground", "toolbar-hoverBackground"]) {
		colours[name] = "transparent";
	}
	return {
		bodyClass: isDark ? "vscode-high-contrast" : "vscode-high-contrast vscode-high-contrast-light",
		background: back,
		variables: {
			...base.variables,
			...colours,
			contrastBorder: border,
			contrastActiveBorder: active,
			focusBorder: active,
			"textLink-foreground": isDark ? "#21a6ff" : "#0f4a85",
			"progressBar-background": border,
			"diffEditor-insertedTextBorder": isDark ? "#33ff2eff" : "#374e06",
			"diffEditor-removedTextBorder": isDark ? "#ff008f" : "#ad0707",
			"diffEditor-insertedLineBackground": "transparent",
			"diffEditor-removedLineBackground": "transparent",
		},
	};
}

export const themes = {
	dark,
	light,
	highContrast: highContrast(dark, true),
	highContrastLight: highContrast(light, false),
} as const;
