/** The model that ships: its folder, relative to the root of the extension. `.vscodeignore` names it too. */
export const bundledModelFolderName = "models/mote-nano";
