import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { onTestFinished } from "vitest";
import { type ControlApi, type ControlledProxyOptions, startApi } from "../../src/index.js";
import { type LiveRig, live } from "../live/rig.js";

export interface Answer {
	status: number;
	headers: IncomingMessage["headers"];
	text: string;
	// biome-ignore lint/suspicious/noExplicitAny: what a test looks into
	json: any;
}

export interface ApiRig extends LiveRig {
	api: ControlApi;
	/** with the token, and the body as JSON */
	call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
	get(path: string): Promise<Answer>;
	stream(path: string, headers?: Record<string, string>): Promise<Stream>;
}

export async function apiRig(options: Partial<ControlledProxyOptions> = {}): Promise<ApiRig> {
	const rig = await live(options);
	const api = await startApi({ proxy: rig.proxy, port: 0, version: "1.2.3" });
	onTestFinished(() => api.close());
	const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
		ask(api, method, path, body === undefined ? undefined : JSON.stringify(body), { "content-type": "application/json", ...headers });
	return { ...rig, api, call, get: (path) => call("GET", path), stream: (path, headers) => Stream.open(api, path, headers) };
}

/** One request; `authorization: ""` and such leave a header out. */
export async function ask(
	api: ControlApi,
	method: string,
	path: string,
	body: string | Buffer | undefined,
	headers: Record<string, string>,
): Promise<Answer> {
	// Node sends bodies of GET without their length otherwise, and what follows is no HTTP any more.
	const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
	const all = { authorization: `Bearer ${api.token}`, ...length, ...headers };
	const sent = request(`${api.url}${path}`, {
		method,
		headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")),
	});
	sent.end(body);
	return answerTo(sent);
}

export async function answerTo(sent: ClientRequest): Promise<Answer> {
	const [response] = (await once(sent, "response")) as [IncomingMessage];
	let text = "";
	response.setEncoding("utf8");
	for await (const chunk of response) text += chunk;
	const json = text !== "" && /json/.test(response.headers["content-type"] ?? "") ? JSON.parse(text) : undefined;
	return { status: response.statusCode!, headers: response.headers, text, json };
}

export interface StreamEvent {
	id?: string;
	event: string;
	// biome-ignore lint/suspicious/noExplicitAny: what a test looks into
	data: any;
}

/** A reader of server-sent events. */
export class Stream {
	readonly events: StreamEvent[] = [];
	#rest = "";
	readonly #waiting = new Set<() => void>();

	private constructor(readonly response: IncomingMessage) {
		response.setEncoding("utf8");
		response.on("error", () => {});
		response.on("data", (text: string) => this.#take(text));
	}

	static async open(api: ControlApi, path: string, headers: Record<string, string> = {}): Promise<Stream> {
		const sent = request(`${api.url}${path}`, { headers: { authorization: `Bearer ${api.token}`, ...headers } });
		sent.on("error", () => {});
		sent.end();
		const [response] = (await once(sent, "response")) as [IncomingMessage];
		onTestFinished(() => void sent.destroy());
		return new Stream(response);
	}

	close(): void {
		this.response.destroy();
	}

	/** Waits until there are so many events. */
	async have(count: number): Promise<StreamEvent[]> {
		while (this.events.length < count) await new Promise<void>((resolve) => this.#waiting.add(resolve));
		return this.events;
	}

	#take(text: string): void {
		this.#rest += text;
		const blocks = this.#rest.split("\n\n");
		this.#rest = blocks.pop()!;
		for (const block of blocks) {
			const fields = Object.fromEntries(
				block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
			);
			if (fields["data"] === undefined) continue;
			this.events.push({
				...(fields["id"] === undefined ? {} : { id: fields["id"] }),
				event: fields["event"]!,
				data: JSON.parse(fields["data"]),
			});
		}
		for (const resolve of this.#waiting) resolve();
		this.#waiting.clear();
	}
}
