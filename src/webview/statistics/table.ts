import { element } from "../dom/element.ts";

export interface Column<Row> {
	readonly title: string;
	readonly text: (row: Row) => string;
}

/** A table whose first column names its rows. */
export function table<Row>(
	caption: string,
	columns: readonly Column<Row>[],
	rows: readonly Row[],
): HTMLTableElement {
	return element(
		"table",
		{},
		element("caption", {}, caption),
		element(
			"thead",
			{},
			element("tr", {}, ...columns.map(({ title }) => element("th", { scope: "col" }, title))),
		),
		element(
			"tbody",
			{},
			...rows.map((row) =>
				element(
					"tr",
					{},
					...columns.map(({ text }, at) =>
						at === 0
							? element("th", { scope: "row", dir: "auto" }, text(row))
							: element("td", {}, text(row)),
					),
				),
			),
		),
	);
}
