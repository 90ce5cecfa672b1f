/** What `make` returns, made when it is first asked for and kept: what a start needn't wait for. After a throw it is made anew. */
export function once<Value>(make: () => Value): () => Value {
	let made: { readonly value: Value } | undefined;
	return () => (made ??= { value: make() }).value;
}
