/**
 * The environment of the library's process: Node there knows nothing of the editor, so the proxy is given to it in the way
 * that it understands, and certificates of the system count. `proxy` is the editor's setting; "" for none.
 */
export function libraryEnvironment(
	environment: NodeJS.ProcessEnv,
	proxy: string,
): NodeJS.ProcessEnv {
	const own =
		proxy.trim() === ""
			? {}
			: {
					HTTPS_PROXY: proxy.trim(),
					HTTP_PROXY: proxy.trim(),
					// A mirror on this machine is reached without it.
					NO_PROXY: environment["NO_PROXY"] ?? environment["no_proxy"] ?? "127.0.0.1,localhost,::1",
				};
	return { ...environment, NODE_USE_ENV_PROXY: "1", NODE_USE_SYSTEM_CA: "1", ...own };
}
