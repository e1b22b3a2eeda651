import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { AlgNameError } from "../../core/alg/index.js";
import { BreakpointError } from "../../core/breakpoints/types.js";
import { FilterError } from "../../core/rules/filter/index.js";
import type { ControlledProxy } from "../live/controlled-proxy.js";
import { hostPort } from "../proxy/hop.js";
import { HopError } from "../proxy/hop-options.js";
import { ListenError } from "../proxy/listen.js";
import { readBody } from "./body.js";
import { API_PORT, SHORTEST_TOKEN } from "./defaults.js";
import { EntryLines } from "./entry-json.js";
import { Feed } from "./feed.js";
import { Guard } from "./guard.js";
import { Meters } from "./meters.js";
import { openApi } from "./openapi.js";
import { type ApiAnswer, type ApiContext, ApiError, type Route } from "./route.js";
import { Router } from "./router.js";
import { FAMILIES } from "./routes/index.js";
import { type Schema, SchemaError } from "./schema.js";

export interface ApiOptions {
	proxy: ControlledProxy;
	/** default 127.0.0.1 */
	host?: string;
	/** default 8475; 0: any free one */
	port?: number;
	/** what requests have to bring along, 16 characters at least; default: a random one */
	token?: string;
	/** for the description */
	version?: string;
}

/** connections at once */
const MOST_CONNECTIONS = 2_000;

/** Nothing of it is for pages, caches or guesses about types. */
const HEADERS = {
	"cache-control": "no-store",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
	"cross-origin-resource-policy": "same-origin",
	"x-content-type-options": "nosniff",
};

/**
 * Opens the control API of a proxy.
 *
 *     const api = await startApi({ proxy, port: 0 });
 *     fetch(`${api.url}/entries`, { headers: { authorization: `Bearer ${api.token}` } });
 *     await api.close();
 *
 * @throws ListenError when the address cannot be had; RangeError for a token that is too short
 */
export async function startApi(options: ApiOptions): Promise<ControlApi> {
	const { host = "127.0.0.1", port = API_PORT, token } = options;
	if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw new RangeError("the API token holds visible ASCII characters only");
	if (token !== undefined && token.length < SHORTEST_TOKEN)
		throw new RangeError(`the API token needs ${SHORTEST_TOKEN} characters at least`);
	const api = new ControlApi(options, host, token ?? randomBytes(24).toString("base64url"));
	await api.listen(port);
	return api;
}

export class ControlApi {
	readonly token: string;
	readonly #host: string;
	readonly #server: Server;
	readonly #guard: Guard;
	readonly #router = new Router(FAMILIES);
	readonly #context: ApiContext;
	readonly #ends: (() => void)[] = [];
	#url = "";

	constructor({ proxy, version = "" }: ApiOptions, host: string, token: string) {
		this.token = token;
		this.#host = host;
		this.#guard = new Guard(token, host);
		const lines = new EntryLines(proxy.store);
		const meters = new Meters();
		this.#ends.push(
			proxy.store.subscribe((change) => {
				if (change.kind === "entry") meters.entry(change.entry);
				else if (change.kind === "late") meters.problem(change.problem);
			}),
		);
		let description: string | undefined;
		const describe = (): string => {
			description ??= JSON.stringify(openApi(FAMILIES, version));
			return description;
		};
		this.#context = { proxy, lines, feed: new Feed(proxy, lines), meters, description: describe };
		this.#server = createServer(
			{ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 5_000 },
			(request, response) => void this.#serve(request, response),
		);
		this.#server.maxConnections = MOST_CONNECTIONS;
		this.#server.on("clientError", (_error, socket) => refuse(socket as Socket));
	}

	/** http://127.0.0.1:8475 */
	get url(): string {
		return this.#url;
	}

	/** @internal */
	listen(port: number): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#server.once("error", (error: NodeJS.ErrnoException) => {
				const code = error.code ?? "EUNKNOWN";
				const why = code === "EADDRINUSE" ? "the port is taken; choose another one (0 takes any free one)" : error.message;
				reject(new ListenError(code, `the control API cannot listen at ${hostPort(this.#host, port)}: ${why}`));
			});
			this.#server.listen(port, this.#host, () => {
				this.#server.removeAllListeners("error");
				this.#server.on("error", () => {});
				const { address, port: real } = this.#server.address() as AddressInfo;
				this.#url = `http://${hostPort(address, real)}`;
				resolve();
			});
		});
	}

	/** Ends all streams and connections. */
	async close(): Promise<void> {
		this.#context.feed.close();
		for (const end of this.#ends) end();
		await new Promise((resolve) => {
			this.#server.close(resolve);
			this.#server.closeAllConnections();
		});
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
		request.on("error", () => {});
		response.on("error", () => {});
		try {
			this.#guard.check(request);
			send(response, await this.#answer(request, response));
		} catch (error) {
			fail(request, response, problemOf(error));
		}
	}

	async #answer(request: IncomingMessage, response: ServerResponse): Promise<ApiAnswer> {
		const { path, query } = addressOf(request.url ?? "");
		const { route, parameters } = this.#router.find(request.method ?? "", path);
		const body = route.body === undefined ? undefined : await this.#body(route, request);
		const gone = new AbortController();
		response.on("close", () => gone.abort(new ApiError(499, "Gone", "the client has gone")));
		return route.handle(
			{
				path: parsed(route.parameters ?? {}, new Map(Object.entries(parameters))),
				query: parsed(route.query ?? {}, query),
				body,
				headers: headersOf(request),
				gone: gone.signal,
			},
			this.#context,
		);
	}

	async #body(route: Route, request: IncomingMessage): Promise<unknown> {
		const value = await readBody(request);
		if (value === undefined && route.bodyOptional !== true) throw new ApiError(400, "No body", "this request needs a body of JSON");
		return route.body!.read(value === undefined ? {} : value, "");
	}
}

function addressOf(url: string): { path: string; query: Map<string, string> } {
	const mark = url.indexOf("?");
	const query = new Map<string, string>();
	for (const [name, value] of new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1))) {
		if (query.has(name)) throw new ApiError(400, "Bad query", `${name} is there twice`);
		query.set(name, value);
	}
	return { path: mark < 0 ? url : url.slice(0, mark), query };
}

function parsed(shape: Readonly<Record<string, Schema<unknown>>>, texts: ReadonlyMap<string, string>): Record<string, unknown> {
	for (const name of texts.keys()) {
		const known = Object.keys(shape);
		if (!known.includes(name))
			throw new SchemaError(`no parameter "${name}"; ${known.length === 0 ? "there are none" : `there are ${known.join(", ")}`}`);
	}
	return Object.fromEntries(
		Object.entries(shape).map(([name, schema]) => {
			const text = texts.get(name);
			if (text === undefined && schema.required) throw new SchemaError(`${name}: is missing`);
			return [name, text === undefined ? undefined : schema.parse(text, name)];
		}),
	);
}

function headersOf({ headers }: IncomingMessage): Map<string, string> {
	return new Map(Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])));
}

function send(response: ServerResponse, answer: ApiAnswer): void {
	if ("stream" in answer) answer.stream(response);
	else if ("json" in answer) {
		response.writeHead(answer.status, { "content-type": "application/json; charset=utf-8" });
		response.end(`${JSON.stringify(answer.json)}\n`);
	} else if ("text" in answer) {
		response.writeHead(answer.status, { "content-type": answer.type });
		response.end(answer.text);
	} else response.writeHead(answer.status).end();
}

function problemOf(error: unknown): ApiError {
	if (error instanceof ApiError) return error;
	const { message } = error as Error;
	if (error instanceof SchemaError) return new ApiError(400, "Bad request", message);
	if (error instanceof FilterError) return new ApiError(400, "Bad filter", message);
	if (error instanceof AlgNameError) return new ApiError(400, "No such ALG profile", message);
	if (error instanceof HopError) return new ApiError(400, "Bad hop", message);
	if (error instanceof ListenError) return new ApiError(409, "Cannot listen", message);
	if (error instanceof BreakpointError) return new ApiError(409, "Cannot be done", message);
	return new ApiError(
		500,
		"Fault",
		`the API failed on this request, the proxy goes on: ${error instanceof Error ? message : String(error)}`,
	);
}

function fail(request: IncomingMessage, response: ServerResponse, { status, title, message, headers }: ApiError): void {
	if (response.headersSent || response.destroyed) {
		response.destroy();
		return;
	}
	// Whoever has not sent all of a refused request is not listened to any more.
	const rest = request.complete ? {} : { connection: "close" };
	response.writeHead(status, { "content-type": "application/problem+json; charset=utf-8", ...headers, ...rest });
	response.end(`${JSON.stringify({ title, status, detail: message })}\n`, () => {
		if (!request.complete) request.destroy();
	});
}

/** What is no HTTP. */
function refuse(socket: Socket): void {
	if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
	else socket.destroy();
}
