/** Most UTF-16 units that can be typed: as many as the extension takes. */
export const maxDraftLength = 200_000;
