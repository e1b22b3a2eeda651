import { X509Certificate } from "node:crypto";
import type { AnchorPort, AnchorPorts, AnchorRequest } from "../../core/anchor/types.js";
import type { Credentials } from "../net/tls/authority.js";
import { type ProxyContext, wordsOf } from "./context.js";
import type { Hop } from "./hop.js";
import { type HopListener, listen } from "./listen.js";
import type { Service } from "./service.js";

/** Seconds without a connection after which a listener is closed, unless told otherwise. */
export const ANCHOR_IDLE = 180;
/** Whom certificates are for that are known by their fingerprints: one for both sides of every such session, offered or answered. */
const ANNOUNCED = "anchor.mitmsrp.invalid";
/** Listeners that are open at once; calls beyond that are not anchored. */
const MOST = 2_000;

/**
 * Listeners for anchored MSRP sessions: one address and port each, what connects is forwarded to the end of the session like any other
 * connection. Of secure sessions each end is shown a certificate of the local authority; the ends' own are accepted whatever they are,
 * because a session's certificates are usually signed by nobody, and compared with what their descriptions announce.
 */
export class ShellAnchorPorts implements AnchorPorts {
	readonly #context: () => ProxyContext;
	readonly #idle: number;
	readonly #open = new Map<HopListener, NodeJS.Timeout>();
	#opening = 0;
	#closed = false;

	/** `idle` in seconds */
	constructor(context: () => ProxyContext, idle = ANCHOR_IDLE) {
		this.#context = context;
		this.#idle = idle;
	}

	/** listeners that are open */
	get size(): number {
		return this.#open.size;
	}

	open(request: AnchorRequest, answer: (result: AnchorPort | { refused: string }) => void, closed: () => void): void {
		if (this.#closed || this.#open.size + this.#opening >= MOST) {
			answer({ refused: this.#closed ? "the proxy is stopping" : `${MOST} listeners are open` });
			return;
		}
		this.#opening++;
		this.#listen(request, closed).then(answer, (error: unknown) => {
			this.#opening--;
			answer({ refused: wordsOf(error) });
		});
	}

	owns(uri: string): boolean {
		return this.#context().relays.owns(uri);
	}

	/** Closes all listeners, and opens none any more. Connections that are open go on. */
	close(): void {
		this.#closed = true;
		for (const listener of [...this.#open.keys()]) this.#release(listener);
	}

	async #listen(request: AnchorRequest, closed: () => void): Promise<AnchorPort> {
		const { name, host, secure, announced, target } = request;
		const scheme = secure ? "tls" : "tcp";
		const credentials = secure ? await (await this.#context().authority()).leaf(announced ? ANNOUNCED : host) : undefined;
		const print = credentials === undefined ? {} : { fingerprint: fingerprintOf(credentials) };
		if (target === undefined) {
			this.#opening--;
			return { host, port: 0, ...print, close: () => {} };
		}
		const options: Hop["options"] = secure ? { insecure: true, "ask-client": "ask" } : {};
		const hop: Hop = { name, listen: { scheme, host, port: 0 }, target: { scheme, ...target }, options };
		const service: Service = {
			hop,
			credentials,
			clientCredentials: credentials,
			authorities: undefined,
			clientAuthorities: undefined,
			shown: (end, certificate) => request.shown(end, certificate),
		};
		const listener = await listen(this.#context(), service);
		this.#opening--;
		this.#watch(listener, closed);
		return { host, port: listener.open.port, ...print, close: () => this.#release(listener) };
	}

	/** Closes a listener through which nothing has been forwarded for a while. */
	#watch(listener: HopListener, closed: () => void): void {
		if (this.#closed) {
			listener.close();
			return;
		}
		const timer = setInterval(() => {
			const { port } = listener.open;
			for (const { client } of this.#context().connections) if (client.local.port === port) return;
			this.#release(listener);
			closed();
		}, this.#idle * 1000);
		timer.unref();
		this.#open.set(listener, timer);
	}

	#release(listener: HopListener): void {
		const timer = this.#open.get(listener);
		if (timer === undefined) return;
		clearInterval(timer);
		this.#open.delete(listener);
		listener.close();
	}
}

/** As in a=fingerprint (RFC 8122 §5). */
function fingerprintOf({ cert }: Credentials): string {
	return `SHA-256 ${new X509Certificate(cert).fingerprint256}`;
}
