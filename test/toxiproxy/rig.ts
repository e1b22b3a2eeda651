import { request } from "node:http";
import { onTestFinished } from "vitest";
import { createProxy, type LiveProxy, type ProxyOptions } from "../../src/shell/proxy/proxy.js";
import { startToxiproxyApi, type ToxiproxyApi, type ToxiproxyOptions } from "../../src/shell/toxiproxy/server.js";

/** A proxy without hops, unless some are given, and toxiproxy's API for it; both closed with the test. */
export async function toxiproxy(
	options: Partial<ProxyOptions> = {},
	more: Partial<ToxiproxyOptions> = {},
): Promise<{ proxy: LiveProxy; api: ToxiproxyApi }> {
	const proxy = createProxy({ hops: [], drain: 200, ...options });
	await proxy.ready;
	const api = await startToxiproxyApi({ proxy, port: 0, ...more });
	onTestFinished(async () => {
		await api.close();
		await proxy.close(0);
	});
	return { proxy, api };
}

export interface Reply {
	status: number;
	type: string | undefined;
	text: string;
	json: unknown;
}

/** One request, with headers as they are given. */
export function ask(url: string, method: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
	return new Promise((resolve, reject) => {
		const sent = request(url, { method, headers: { "user-agent": "test", ...headers } }, (response) => {
			let text = "";
			response.setEncoding("utf8").on("data", (chunk: string) => {
				text += chunk;
			});
			response.on("end", () => {
				let json: unknown;
				try {
					json = JSON.parse(text);
				} catch {
					json = undefined;
				}
				resolve({ status: response.statusCode!, type: response.headers["content-type"], text, json });
			});
		});
		sent.on("error", reject);
		sent.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
	});
}
