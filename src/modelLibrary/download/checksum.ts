import { createHash, type Hash } from "node:crypto";

/** How a hub names the content of a file: LFS by SHA-256, git by the SHA-1 of its blob. Lower-case hexadecimal. */
export type Checksum =
	| { readonly kind: "sha256"; readonly hex: string }
	| { readonly kind: "gitBlob"; readonly hex: string };

/** Gets the content of a file of `bytes` bytes, in order; its digest is the checksum's. */
export function hashFor({ kind }: Checksum, bytes: number): Hash {
	switch (kind) {
		case "sha256":
			return createHash("sha256");
		case "gitBlob":
			return createHash("sha1").update(`blob ${bytes}\0`);
	}
}
