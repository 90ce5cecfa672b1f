/**
 * Writes the reference of all settings, after package.json has changed:
 *
 *     node scripts/settings.ts
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { settingsReference } from "./settingsReference.ts";

const root = path.join(import.meta.dirname, "..");
const packageJson = await readFile(path.join(root, "package.json"), "utf8");
await writeFile(path.join(root, "docs/settings.md"), settingsReference(packageJson));
