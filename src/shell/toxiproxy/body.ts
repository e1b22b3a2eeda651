import type { IncomingMessage } from "node:http";
import { badBody, ToxiproxyError } from "./error.js";

/** octets */
const LONGEST = 1 << 20;

/** What a request brings along, as JSON. @throws ToxiproxyError */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > LONGEST) throw new ToxiproxyError(413, `request body above ${LONGEST} octets`);
		chunks.push(chunk);
	}
	try {
		return JSON.parse(Buffer.concat(chunks).toString("utf8"));
	} catch (error) {
		throw badBody(size === 0 ? "EOF" : (error as Error).message);
	}
}

/** What is asked for of a proxy; a key that is not there is undefined. */
export interface ProxyBody {
	name: string | undefined;
	listen: string | undefined;
	upstream: string | undefined;
	enabled: boolean | undefined;
}

/** @throws ToxiproxyError */
export function proxyBody(given: unknown): ProxyBody {
	if (typeof given !== "object" || given === null || Array.isArray(given)) throw badBody("an object is expected");
	const body = given as Readonly<Record<string, unknown>>;
	const text = (key: string): string | undefined => {
		const value = body[key] ?? undefined;
		if (value !== undefined && typeof value !== "string") throw badBody(`${key} must be text`);
		return value;
	};
	const enabled = body["enabled"] ?? undefined;
	if (enabled !== undefined && typeof enabled !== "boolean") throw badBody("enabled must be true or false");
	return { name: text("name"), listen: text("listen"), upstream: text("upstream"), enabled };
}

/** Of a list of proxies each with its name and upstream; nothing is done before all of them are right. @throws ToxiproxyError */
export function populateBody(given: unknown): (ProxyBody & { name: string; upstream: string })[] {
	if (!Array.isArray(given)) throw badBody("a list of proxies is expected");
	const names = new Set<string>();
	return given.map((one, index) => {
		const body = proxyBody(one);
		const { name, upstream } = body;
		if (!name) throw new ToxiproxyError(400, `missing required field: name at proxy ${index + 1}`);
		if (!upstream) throw new ToxiproxyError(400, `missing required field: upstream at proxy ${index + 1}`);
		if (names.has(name)) throw new ToxiproxyError(500, `duplicate proxy name "${name}"`);
		names.add(name);
		return { ...body, name, upstream };
	});
}
