/** Calls the method of `target`, on `self` where that is another object, with arguments that its type forbids. */
export function callWrongly(
	target: unknown,
	method: string,
	args: readonly unknown[],
	self: unknown = target,
): unknown {
	const found: unknown =
		typeof target === "object" && target !== null ? Reflect.get(target, method) : undefined;
	if (typeof found !== "function") {
		throw new Error(`there is no method ${method}`);
	}
	return Reflect.apply(found, self, args);
}
