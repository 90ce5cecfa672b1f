import type { Backend } from "../../src/engine/backend.ts";

/** `backend`, but for what a pass does. */
export function withPasses(backend: Backend, forward: Backend["forward"]): Backend {
	const { vocabularySize, contextLength, stopsWithinPass, kvLayout } = backend;
	return {
		...{ vocabularySize, contextLength, stopsWithinPass, kvLayout, forward },
		createKvCache: (capacity) => backend.createKvCache(capacity),
		dispose: () => backend.dispose(),
	};
}
