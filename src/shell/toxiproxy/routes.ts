import type { IncomingMessage } from "node:http";
import { changedSettings, toxicSettings } from "../../core/toxics/settings.js";
import { now } from "../net/clock.js";
import { jsonBody, populateBody, proxyBody } from "./body.js";
import { toxiproxyError } from "./error.js";
import { metrics } from "./metrics.js";
import type { ProxyJson, ToxicProxies } from "./proxies.js";

export interface Answer {
	status: number;
	/** JSON, or text as it is */
	body?: unknown;
	type?: string;
}

interface Asked {
	proxies: ToxicProxies;
	/** the parts of the path that have names */
	proxy: string;
	toxic: string;
	request: IncomingMessage;
	version: string;
}

type Handler = (asked: Asked) => Answer | Promise<Answer>;

/** Toxiproxy's routes, by path and method. POST is what PATCH was called before. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
	"/proxies": {
		GET: ({ proxies }) => ({ status: 200, body: Object.fromEntries([...proxies.all].map(([name, one]) => [name, proxies.json(one)])) }),
		POST: async ({ proxies, request }) => ({
			status: 201,
			body: proxies.json(await proxies.create(proxyBody(await jsonBody(request)))),
		}),
	},
	"/proxies/{proxy}": {
		GET: ({ proxies, proxy }) => ({ status: 200, body: proxies.json(proxies.get(proxy)) }),
		POST: updateProxy,
		PATCH: updateProxy,
		DELETE: async ({ proxies, proxy }) => {
			await proxies.remove(proxy);
			return { status: 204 };
		},
	},
	"/proxies/{proxy}/toxics": {
		GET: ({ proxies, proxy }) => ({ status: 200, body: proxies.get(proxy).state.toxics.toxics }),
		POST: async ({ proxies, proxy, request }) => {
			const { toxics } = proxies.get(proxy).state;
			const settings = toxicSettings(await jsonBody(request));
			toxics.add(settings, now());
			return { status: 200, body: settings };
		},
	},
	"/proxies/{proxy}/toxics/{toxic}": {
		GET: ({ proxies, proxy, toxic }) => ({ status: 200, body: proxies.get(proxy).state.toxics.get(toxic) }),
		POST: updateToxic,
		PATCH: updateToxic,
		DELETE: ({ proxies, proxy, toxic }) => {
			proxies.get(proxy).state.toxics.remove(toxic, now());
			return { status: 204 };
		},
	},
	"/reset": {
		POST: async ({ proxies }) => {
			await proxies.reset();
			return { status: 204 };
		},
	},
	"/populate": { POST: populate },
	"/version": {
		GET: ({ version }) => ({ status: 200, body: `${JSON.stringify({ version })}\n`, type: "application/json;charset=utf-8" }),
	},
	"/metrics": {
		GET: ({ proxies }) => ({ status: 200, body: metrics(proxies), type: "text/plain; version=0.0.4; charset=utf-8" }),
	},
};

/** Finds who answers; a status alone where nobody does. */
export function route(method: string, url: string): ((asked: Omit<Asked, "proxy" | "toxic">) => Answer | Promise<Answer>) | number {
	const path = url.split("?", 1)[0]!;
	const given = path.split("/").slice(1).map(decoded);
	for (const [pattern, methods] of Object.entries(ROUTES)) {
		const wanted = pattern.split("/").slice(1);
		if (wanted.length !== given.length || !wanted.every((part, i) => part.startsWith("{") || part === given[i])) continue;
		const handler = methods[method];
		if (handler === undefined) return 405;
		return (asked) => handler({ ...asked, proxy: given[1] ?? "", toxic: given[3] ?? "" });
	}
	return 404;
}

async function updateProxy({ proxies, proxy, request }: Asked): Promise<Answer> {
	proxies.get(proxy);
	return { status: 200, body: proxies.json(await proxies.update(proxy, proxyBody(await jsonBody(request)))) };
}

async function updateToxic({ proxies, proxy, toxic, request }: Asked): Promise<Answer> {
	const { toxics } = proxies.get(proxy).state;
	toxics.get(toxic);
	const body = await jsonBody(request);
	const settings = changedSettings(toxics.get(toxic), body);
	toxics.change(settings, now());
	return { status: 200, body: settings };
}

/** An error stands beside the list here, which is then empty. */
async function populate({ proxies, request }: Asked): Promise<Answer> {
	try {
		const made = await proxies.populate(populateBody(await jsonBody(request)));
		return { status: 201, body: { proxies: made.map((one): ProxyJson => proxies.json(one)) } };
	} catch (error) {
		const { message, status } = toxiproxyError(error);
		return { status, body: { error: message, status, proxies: null } };
	}
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
