/**
 * Icons as strokes on a grid of 16 by 16. They are drawn into the page as elements, since the content
 * security policy allows neither images nor fonts.
 */
const shapes = {
	add: "M8 3v10M3 8h10",
	apply: "M8 2.5v6M5 5.5h6M5 12.5h6",
	check: "M3 8.5l3.2 3.2L13 4.5",
	chevron: "M6 4l4 4-4 4",
	close: "M4 4l8 8M12 4l-8 8",
	cloud: "M4.6 12.5a2.7 2.7 0 0 1-.3-5.4 3.9 3.9 0 0 1 7.5-.6 3 3 0 0 1 .2 6z",
	copy: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
	device: "M2.5 3.5h11v7h-11zM5.5 13.5h5M8 10.5v3",
	diff: "M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z",
	down: "M8 3v9.5M4 8.5l4 4 4-4",
	edit: "M10.8 2.7l2.5 2.5-7.8 7.8-3.2.7.7-3.2z",
	export: "M8 10V2.8M5 5.5l3-2.9 3 2.9M3 9v4.5h10V9",
	history: "M8 5v3.2l2.3 1.4M2.7 9.2A5.5 5.5 0 1 0 4 4.3L2.5 5.8M2.5 2.6v3.2h3.2",
	insert: "M2.5 2.5h11M2.5 13.5h11M8 4.5v6.5M5.5 8.7L8 11.2l2.5-2.5",
	lines: "M2.5 4.5h11M2.5 8h11M2.5 11.5h7",
	regenerate: "M13.2 8A5.2 5.2 0 1 1 11.6 4.2l1.6 1.5M13.3 2.4v3.4H9.9",
	search: "M7 11.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4zM10.1 10.1l3.6 3.6",
	send: "M8 13V3.5M3.8 7.5L8 3.2l4.2 4.3",
	stop: "M4.5 4.5h7v7h-7z",
	trash: "M3 4.5h10M6 4.5v-2h4v2M4.2 4.5l.6 9h6.4l.6-9M6.8 7v4M9.2 7v4",
	warning: "M8 2.5L14 13H2zM8 6.5v3M8 11.1v.4",
} as const;

export type IconName = keyof typeof shapes;

const namespace = "http://www.w3.org/2000/svg";

/** An icon that says nothing to screen readers: what it stands in says it. */
export function icon(name: IconName): SVGSVGElement {
	const svg = document.createElementNS(namespace, "svg");
	svg.setAttribute("class", `icon icon-${name}`);
	svg.setAttribute("viewBox", "0 0 16 16");
	svg.setAttribute("aria-hidden", "true");
	svg.setAttribute("focusable", "false");
	const path = document.createElementNS(namespace, "path");
	path.setAttribute("d", shapes[name]);
	svg.append(path);
	return svg;
}
