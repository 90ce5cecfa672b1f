/** Where a model is that answers. */
export type ModelSource =
	| { readonly kind: "folder"; readonly folder: string }
	| { readonly kind: "server"; readonly address: string; readonly model: string };

/**
 * What the catalog has the editor do, each time because a person pressed something or, for `useForChat`, because what they
 * wanted is there now. They may reject with a {@link import("../base/userError.ts").UserError}, whose sentence is shown.
 */
export interface CatalogEditor {
	/** Conversations are answered by this from now on, without a restart. */
	useForChat(source: ModelSource): Promise<void>;
	useForCompletions(source: ModelSource): Promise<void>;
	/** What used this folder uses something else from now on: it is about to be removed. */
	stopUsing(folder: string): Promise<void>;
	/** What runs models starts anew, and looks for what it could run them on. */
	restartEngine(): Promise<void>;
	disconnectServer(): Promise<void>;
	/** Leads from an address to a server that answers. */
	connectServer(): Promise<void>;
	/** Asks once, with the space that it frees, in bytes. */
	confirmRemoval(name: string, bytes: number): Promise<boolean>;
	/** Absolute; undefined when the person thinks better of it. */
	pickCheckpoint(kind: "file" | "folder"): Promise<string | undefined>;
	/** Keeps a folder in the list that is a model already; false where it isn't one. */
	keepModelFolder(path: string): Promise<boolean>;
	/** The page of "owner/name" on its hub, in a browser. */
	openPage(repository: string): Promise<void>;
	/** Brings the view of models to the front, with this row if one is given. */
	show(rowId: string | undefined): void;
}
