/**
 * Where a candidate comes from.
 * - `replacement`: the same tokens become the same others;
 * - `insertion`: the same tokens are put between the same neighbours; `wideInsertion` asks for more of these;
 * - `shape`: a replacement with other names in it;
 * - `everyChange`: all changes of a line in their order, whatever stands between them;
 * - `variant`: the name that was changed, written otherwise or as part of another; `looseVariant` has only its changed words;
 * - `import`: what was imported by name is no longer looked up in its module;
 * - `sameLines`: the same whole lines, `likeLines` with other names, become the same others;
 * - `lines`: whole lines are put behind or in front of the same one;
 * - `sibling`: what is done for a member is done for the one that was put beside it;
 * - `parameter`: calls of what gained or lost a parameter;
 * - `moved`: lines that were put in somewhere else go where they stood.
 */
export const proposerNames = [
	"replacement",
	"insertion",
	"wideInsertion",
	"shape",
	"everyChange",
	"variant",
	"looseVariant",
	"import",
	"sameLines",
	"likeLines",
	"lines",
	"sibling",
	"parameter",
	"moved",
] as const;

export type ProposerName = (typeof proposerNames)[number];
