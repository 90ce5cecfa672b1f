import DOMPurify from "dompurify";

/** Every element that an answer's Markdown can become. */
export const allowedTags = [
	...["h1", "h2", "h3", "h4", "h5", "h6", "p", "hr", "br", "blockquote", "ul", "ol", "li"],
	...["pre", "code", "em", "strong", "s", "a", "span"],
	...["table", "thead", "tbody", "tr", "th", "td"],
];

/** None of them makes a browser load, run, submit or go anywhere. */
const allowedAttributes = ["class", "data-href", "title", "start"];

/**
 * The second wall: the Markdown parser makes no other HTML than this, and if it did, it would end here. The
 * content security policy is the third.
 */
export function sanitizedFragment(html: string): DocumentFragment {
	return DOMPurify.sanitize(html, {
		ALLOWED_TAGS: allowedTags,
		ALLOWED_ATTR: allowedAttributes,
		ALLOW_DATA_ATTR: false,
		ALLOW_ARIA_ATTR: false,
		RETURN_DOM_FRAGMENT: true,
	});
}
