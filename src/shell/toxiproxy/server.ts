import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostPort } from "../proxy/hop.js";
import { ListenError } from "../proxy/listen.js";
import type { LiveProxy } from "../proxy/proxy.js";
import { TOXIPROXY_PORT } from "./defaults.js";
import { toxiproxyError } from "./error.js";
import { refusal } from "./guard.js";
import { ToxicProxies } from "./proxies.js";
import { type Answer, route } from "./routes.js";

export interface ToxiproxyOptions {
	proxy: LiveProxy;
	/** default 127.0.0.1; a name is one that the API answers to */
	host?: string;
	/** default 8474; 0: any free one */
	port?: number;
	/** of this program: told behind the version of toxiproxy whose API this is */
	version?: string;
}

/** The API is that of this version. */
const TOXIPROXY_VERSION = "2.12.0";
/** connections at once */
const MOST_CONNECTIONS = 200;

/**
 * Opens toxiproxy's HTTP API for a proxy: its hops are the proxies, those that are made by the API are hops like any other.
 *
 *     const proxy = createProxy({ hops: [] });
 *     await proxy.ready;
 *     const api = await startToxiproxyApi({ proxy, port: 0 });
 *     new Toxiproxy(api.url);       // of toxiproxy-node-client
 *     await api.close();
 *
 * @throws ListenError when the address cannot be had
 */
export async function startToxiproxyApi(options: ToxiproxyOptions): Promise<ToxiproxyApi> {
	const api = new ToxiproxyApi(options);
	await api.listen(options.port ?? TOXIPROXY_PORT);
	return api;
}

export class ToxiproxyApi {
	readonly proxies: ToxicProxies;
	readonly #server: Server;
	readonly #host: string;
	readonly #names: ReadonlySet<string>;
	readonly #version: string;
	#url = "";

	constructor({ proxy, host = "127.0.0.1", version }: ToxiproxyOptions) {
		this.proxies = new ToxicProxies(proxy);
		this.#host = host;
		this.#names = new Set(["localhost", host.toLowerCase()]);
		this.#version = version === undefined ? TOXIPROXY_VERSION : `${TOXIPROXY_VERSION}+mitmsrp.${version}`;
		this.#server = createServer({ headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 5_000 }, (request, response) => {
			void this.#serve(request, response);
		});
		this.#server.maxConnections = MOST_CONNECTIONS;
	}

	/** http://127.0.0.1:8474 */
	get url(): string {
		return this.#url;
	}

	/** @internal */
	listen(port: number): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#server.once("error", (error: NodeJS.ErrnoException) => {
				const code = error.code ?? "EUNKNOWN";
				const why = code === "EADDRINUSE" ? "the port is taken; choose another one (0 takes any free one)" : error.message;
				reject(new ListenError(code, `the toxiproxy API cannot listen at ${hostPort(this.#host, port)}: ${why}`));
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

	/** Its hops go on: they are the proxy's. */
	async close(): Promise<void> {
		await new Promise((resolve) => {
			this.#server.close(resolve);
			this.#server.closeAllConnections();
		});
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		request.on("error", () => {});
		response.on("error", () => {});
		send(response, await this.#answer(request));
	}

	async #answer(request: IncomingMessage): Promise<Answer> {
		const refused = refusal(request, this.#names);
		if (refused !== undefined) return { status: 403, body: `${refused}\n`, type: "text/plain; charset=utf-8" };
		const handle = route(request.method ?? "", request.url ?? "");
		if (handle === 404) return { status: 404, body: "404 page not found\n", type: "text/plain; charset=utf-8" };
		if (typeof handle === "number") return { status: handle };
		try {
			return await handle({ proxies: this.proxies, request, version: this.#version });
		} catch (error) {
			const { message, status } = toxiproxyError(error);
			return { status, body: { error: message, status } };
		}
	}
}

function send(response: ServerResponse, { status, body, type = "application/json" }: Answer): void {
	response.setHeader("x-content-type-options", "nosniff");
	if (body !== undefined) response.setHeader("content-type", type);
	// What is left of a body that was too long is not read.
	if (status === 413) response.setHeader("connection", "close");
	response.writeHead(status).end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
}
