import type { ToxicSettings } from "../../core/toxics/types.js";
import { now } from "../net/clock.js";
import { type Hop, hostPort, makeHop } from "../proxy/hop.js";
import { HopState } from "../proxy/hop-state.js";
import type { LiveProxy } from "../proxy/proxy.js";
import type { ProxyBody } from "./body.js";
import { ToxiproxyError } from "./error.js";

/** A proxy as toxiproxy shows it. */
export interface ProxyJson {
	name: string;
	listen: string;
	upstream: string;
	enabled: boolean;
	toxics: readonly ToxicSettings[];
}

/** A hop as a proxy of toxiproxy: it goes on existing while it is disabled. */
export interface ToxicProxy {
	readonly name: string;
	/** of the hop while it listens */
	id: number | undefined;
	state: HopState;
	hop: Hop;
}

/** The hops of a running proxy as toxiproxy's collection of proxies: those it was started with, and those made here. */
export class ToxicProxies {
	readonly #proxy: LiveProxy;
	readonly #all = new Map<string, ToxicProxy>();
	#changing: Promise<unknown> = Promise.resolve();

	constructor(proxy: LiveProxy) {
		this.#proxy = proxy;
	}

	/** By name, in order; hops that came or went by other ways are seen too. */
	get all(): ReadonlyMap<string, ToxicProxy> {
		const open = new Map(this.#proxy.hops.map((hop) => [hop.id, hop]));
		for (const [name, proxy] of this.#all) if (proxy.id !== undefined && !open.has(proxy.id)) this.#all.delete(name);
		const known = new Set([...this.#all.values()].map(({ id }) => id));
		for (const { id, name, address, port } of open.values()) {
			const state = this.#proxy.hopState(id);
			if (known.has(id) || state === undefined) continue;
			const own = name.includes("://") ? hostPort(address, port) : name;
			const unique = this.#all.has(own) ? `${own}-${id}` : own;
			this.#all.set(unique, { name: unique, id, state, hop: state.hop });
		}
		return this.#all;
	}

	/** @throws ToxiproxyError */
	get(name: string): ToxicProxy {
		const found = this.all.get(name);
		if (found === undefined) throw new ToxiproxyError(404, "proxy not found");
		return found;
	}

	/** @throws ToxiproxyError; ListenError, HopError where it cannot be had */
	create(body: ProxyBody): Promise<ToxicProxy> {
		const { name, listen = "", upstream, enabled = true } = body;
		if (!name) throw new ToxiproxyError(400, "missing required field: name");
		if (!upstream) throw new ToxiproxyError(400, "missing required field: upstream");
		return this.#alone(async () => {
			if (this.all.has(name)) throw new ToxiproxyError(409, "proxy already exists");
			return this.#make(name, listen, upstream, enabled);
		});
	}

	/** Changes what is given; another address breaks the connections off, and so does disabling. @throws as `create` */
	update(name: string, body: ProxyBody): Promise<ToxicProxy> {
		return this.#alone(async () => {
			const proxy = this.get(name);
			const wasEnabled = proxy.id !== undefined;
			const shown = shownOf(proxy);
			const { listen = shown.listen, upstream = shown.upstream, enabled = wasEnabled } = body;
			if (listen !== shown.listen || upstream !== shown.upstream) {
				const hop = hopOf(name, listen, upstream, proxy.hop);
				await this.#stop(proxy);
				proxy.hop = hop;
			}
			if (enabled) await this.#start(proxy);
			else await this.#stop(proxy);
			return proxy;
		});
	}

	/** @throws ToxiproxyError */
	remove(name: string): Promise<void> {
		return this.#alone(async () => {
			await this.#stop(this.get(name));
			this.#all.delete(name);
		});
	}

	/** Enables all and removes all toxics. */
	reset(): Promise<void> {
		return this.#alone(async () => {
			for (const proxy of this.all.values()) {
				await this.#start(proxy);
				proxy.state.toxics.reset(now());
			}
		});
	}

	/** One of that name and those addresses is left as it is, one of other addresses is replaced. @throws as `create` */
	populate(bodies: readonly (ProxyBody & { name: string; upstream: string })[]): Promise<ToxicProxy[]> {
		return this.#alone(async () => {
			const made: ToxicProxy[] = [];
			for (const { name, listen = "", upstream, enabled = true } of bodies) {
				const before = this.all.get(name);
				const shown = before === undefined ? undefined : shownOf(before);
				if (before !== undefined && shown?.listen === listen && shown.upstream === upstream) {
					made.push(before);
					continue;
				}
				if (before !== undefined) await this.#stop(before);
				this.#all.delete(name);
				made.push(await this.#make(name, listen, upstream, enabled));
			}
			return made;
		});
	}

	/** As toxiproxy shows it. */
	json(proxy: ToxicProxy): ProxyJson {
		const { name, id, state } = proxy;
		return { name, ...shownOf(proxy), enabled: id !== undefined, toxics: state.toxics.toxics };
	}

	async #make(name: string, listen: string, upstream: string, enabled: boolean): Promise<ToxicProxy> {
		const hop = hopOf(name, listen, upstream);
		const proxy: ToxicProxy = { name, id: undefined, state: new HopState(hop), hop };
		if (enabled) await this.#start(proxy);
		this.#all.set(name, proxy);
		return proxy;
	}

	async #start(proxy: ToxicProxy): Promise<void> {
		if (proxy.id !== undefined) return;
		const { id } = await this.#proxy.addHop(proxy.hop, proxy.state);
		proxy.id = id;
		proxy.hop = proxy.state.hop;
	}

	async #stop(proxy: ToxicProxy): Promise<void> {
		if (proxy.id === undefined) return;
		const { id } = proxy;
		proxy.id = undefined;
		await this.#proxy.removeHop(id);
		this.#proxy.breakOff(proxy.state);
	}

	/** Changes come one after the other. */
	#alone<T>(change: () => Promise<T>): Promise<T> {
		const done = this.#changing.then(change);
		this.#changing = done.catch(() => {});
		return done;
	}
}

/** Plain TCP is shown without a scheme, as toxiproxy does; a hop whose client says where to has no upstream. */
export function shownOf({ hop: { listen, target } }: Pick<ToxicProxy, "hop">): { listen: string; upstream: string } {
	const shown = (scheme: string, host: string, port: number): string => (scheme === "tcp" ? "" : `${scheme}://`) + hostPort(host, port);
	return {
		listen: shown(listen.scheme, listen.host, listen.port),
		upstream: target === undefined ? "" : shown(target.scheme, target.host, target.port),
	};
}

/** HOST:PORT is TCP, any other scheme stands before it; other settings of `before` stay. @throws ToxiproxyError */
function hopOf(name: string, listen: string, upstream: string, before?: Hop): Hop {
	const placed = (address: string): string => (address.includes("://") ? address : `tcp://${address === "" ? ":0" : address}`);
	try {
		return makeHop(placed(listen), upstream === "" ? undefined : placed(upstream), { ...before?.options, name });
	} catch (error) {
		throw new ToxiproxyError(400, `bad request body: ${(error as Error).message}`);
	}
}
