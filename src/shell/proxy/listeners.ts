import type { ProxyContext } from "./context.js";
import { type Hop, hostPort, parseHop } from "./hop.js";
import { HopError } from "./hop-options.js";
import { HopState } from "./hop-state.js";
import { type HopListener, listen, type OpenHop } from "./listen.js";
import { prepare, type Service } from "./service.js";

/**
 * Hops by the address that they listen at. Those on any free port are told apart by their order.
 *
 * @throws HopError when one is not written right, and where two would listen at the same address
 */
export function parseHops(hops: readonly (string | Hop)[]): Map<string, Hop> {
	const byAddress = new Map<string, Hop>();
	for (const written of hops) {
		const hop = typeof written === "string" ? parseHop(written) : written;
		const { host, port, scheme } = hop.listen;
		const address = `${scheme === "udp" ? "udp" : "tcp"} ${hostPort(host, port)}`;
		if (port !== 0 && byAddress.has(address)) throw new HopError(`two hops listen at ${hostPort(host, port)}`);
		byAddress.set(port === 0 ? `${address} ${scheme} ${byAddress.size}` : address, hop);
	}
	return byAddress;
}

/** What a proxy listens at. */
export class Listeners {
	readonly #context: ProxyContext;
	#all = new Map<string, HopListener>();
	readonly #ids = new Map<HopListener, number>();
	readonly #states = new Map<HopListener, HopState>();
	#last = 0;
	#added = 0;
	#closed = false;

	constructor(context: ProxyContext) {
		this.#context = context;
	}

	/** in the order of the hops */
	get open(): OpenHop[] {
		return [...this.#all.values()].map((listener) => ({ id: this.#ids.get(listener)!, ...listener.open }));
	}

	/** What a hop that listens has; undefined where there is none with that id. */
	state(id: number): HopState | undefined {
		for (const [listener, known] of this.#ids) if (known === id) return this.#states.get(listener);
		return undefined;
	}

	/** One more, with what it had before where it was taken away. Rejects with ListenError or HopError where it cannot be had. */
	async add(hop: Hop, state?: HopState): Promise<OpenHop> {
		const [[address]] = [...parseHops([hop])] as [[string, Hop]];
		if (this.#all.has(address) && hop.listen.port !== 0) {
			throw new HopError(`another hop listens at ${hostPort(hop.listen.host, hop.listen.port)} already`);
		}
		const key = hop.listen.port === 0 ? `${address} added ${++this.#added}` : address;
		const fresh = (await this.#listen([[key, await prepare(hop)]], state)).get(key)!;
		if (this.#closed) {
			fresh.close();
			throw new HopError("the proxy is stopping");
		}
		this.#all.set(key, fresh);
		return { id: this.#ids.get(fresh)!, ...fresh.open };
	}

	/** Accepts nothing there any more; false where there is no such hop. */
	remove(id: number): boolean {
		for (const [key, listener] of this.#all) {
			if (this.#ids.get(listener) !== id) continue;
			this.#all.delete(key);
			this.#close(listener);
			return true;
		}
		return false;
	}

	/**
	 * These hops from now on. An address that was listened at before goes on with its new settings. Rejects, and leaves everything as it
	 * was, with ListenError or HopError when one of them cannot be had.
	 */
	async set(hops: ReadonlyMap<string, Hop>): Promise<void> {
		const services = new Map<string, Service>();
		for (const [address, hop] of hops) services.set(address, await prepare(hop));
		const fresh = await this.#listen([...services].filter(([address]) => !this.#all.has(address)));
		if (this.#closed) {
			for (const listener of fresh.values()) this.#close(listener);
			return;
		}
		const before = this.#all;
		this.#all = new Map();
		for (const [address, service] of services) {
			const kept = before.get(address);
			if (kept !== undefined) {
				service.state = this.#states.get(kept)!;
				kept.update(service);
				service.state.hop = withPort(service.hop, kept.open.port);
				service.state.configure(service.hop.toxics ?? []);
			}
			before.delete(address);
			this.#all.set(address, kept ?? fresh.get(address)!);
		}
		for (const listener of before.values()) this.#close(listener);
	}

	close(): void {
		this.#closed = true;
		for (const listener of this.#all.values()) listener.close();
	}

	/** All or none. */
	async #listen(services: readonly [string, Service][], state?: HopState): Promise<Map<string, HopListener>> {
		const opened = new Map<string, HopListener>();
		for (const [, service] of services) {
			service.state = state ?? new HopState(service.hop);
			if (state === undefined) service.state.configure(service.hop.toxics ?? []);
		}
		const results = await Promise.allSettled(
			services.map(async ([address, service]) => opened.set(address, await listen(this.#context, service))),
		);
		const failed = results.find((result) => result.status === "rejected");
		if (failed !== undefined) {
			for (const listener of opened.values()) listener.close();
			throw failed.reason;
		}
		for (const [address, { hop, state: own }] of services) {
			const listener = opened.get(address)!;
			own!.hop = withPort(hop, listener.open.port);
			this.#ids.set(listener, ++this.#last);
			this.#states.set(listener, own!);
		}
		return opened;
	}

	#close(listener: HopListener): void {
		this.#ids.delete(listener);
		this.#states.delete(listener);
		listener.close();
	}
}

/** Put back, it listens at the port that it had. */
function withPort(hop: Hop, port: number): Hop {
	return { ...hop, listen: { ...hop.listen, port } };
}
