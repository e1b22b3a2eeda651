import { EventEmitter } from "node:events";
import type { ClassifierOptions } from "../../core/classify/classifier.js";
import type { Entry } from "../../core/model/entry.js";
import type { OpenFlow } from "../../core/model/flow.js";
import type { Limits } from "../../core/model/limits.js";
import type { Problem } from "../../core/model/problem.js";
import { Pipeline } from "../../core/pipeline/pipeline.js";
import { now } from "../net/clock.js";
import { ProxyContext } from "./context.js";
import { type Hop, parseHop } from "./hop.js";
import { type HopListener, listen } from "./listen.js";
import { passThrough } from "./pass-through.js";
import type { RelayFactory } from "./relay-factory.js";

export interface ProxyOptions {
	/** `LISTEN=>TARGET`, or parsed */
	hops: readonly (string | Hop)[];
	/** holds and changes octets; default: nothing is changed */
	relay?: RelayFactory;
	limits?: Partial<Limits>;
	/** classify messages: what clients of each kind make of them */
	classify?: Omit<ClassifierOptions, "limits">;
	/** wraps the pipeline's flows, for whoever wants their octets too (a recorder) */
	tap?(open: OpenFlow): OpenFlow;
	/** milliseconds until an attempt to reach a target is given up; default 10,000 */
	connectTimeout?: number;
	/** milliseconds that open connections are given when the proxy is closed, before they are reset; default 5,000 */
	drain?: number;
	/** read without an allocation each where this Node can; default true */
	pooledReads?: boolean;
}

/** A hop that is listening. */
export interface OpenHop {
	name: string;
	/** with the real port: tcp://127.0.0.1:40123 */
	listen: string;
	address: string;
	port: number;
	target: string;
}

/** What became of the connections when the proxy was closed. */
export interface ProxySummary {
	/** connections and associations served in all */
	connections: number;
	/** those that were still open when the time was over, and were reset */
	cut: number;
	entries: number;
}

/** `entry`: octets are lent for the call. `late`: a finding about an entry that was told before. */
export interface ProxyEvents {
	entry: [entry: Entry];
	late: [entryNumber: number, problem: Problem];
}

const CONNECT_TIMEOUT = 10_000;
const DRAIN = 5_000;
/** milliseconds between looks at time-outs of the session tables */
const TICK = 1_000;

/**
 * Stands between clients and servers: forwards every octet, decodes beside it.
 *
 *     const proxy = createProxy({ hops: ["tcp://127.0.0.1:0=>tcp://192.0.2.1:2855"] });
 *     proxy.on("entry", (entry) => …);
 *     await proxy.ready;              // rejects where a listener cannot be opened
 *     proxy.hops[0].port;             // the real port
 *     await proxy.close();
 *
 * @throws HopError when a hop is not written right
 */
export function createProxy(options: ProxyOptions): LiveProxy {
	return new LiveProxy(options);
}

export class LiveProxy extends EventEmitter<ProxyEvents> {
	/** fulfilled when all hops listen; rejects with the first that cannot (ListenError), the others are closed then */
	readonly ready: Promise<void>;
	readonly pipeline: Pipeline;
	readonly #context: ProxyContext;
	readonly #drain: number;
	readonly #tick: NodeJS.Timeout;
	#listeners: HopListener[] = [];
	#closing: Promise<ProxySummary> | undefined;

	constructor(options: ProxyOptions) {
		super();
		const hops = options.hops.map((hop) => (typeof hop === "string" ? parseHop(hop) : hop));
		this.pipeline = new Pipeline({
			...(options.limits === undefined ? {} : { limits: options.limits }),
			...(options.classify === undefined ? {} : { classify: options.classify }),
			onEntry: (entry) => this.#tell("entry", entry),
			onLate: (number, problem) => this.#tell("late", number, problem),
		});
		const openFlow: OpenFlow = (flow) => this.pipeline.openFlow(flow);
		this.#context = new ProxyContext({
			pipeline: this.pipeline,
			relay: options.relay ?? passThrough,
			openFlow: options.tap?.(openFlow) ?? openFlow,
			connectTimeout: options.connectTimeout ?? CONNECT_TIMEOUT,
			pooled: options.pooledReads ?? true,
		});
		this.#drain = options.drain ?? DRAIN;
		this.#tick = setInterval(() => this.pipeline.advance(now()), TICK);
		this.#tick.unref();
		this.ready = this.#listen(hops);
		// Whoever does not wait for `ready` hears of it from `close`, not as an unhandled rejection.
		this.ready.catch(() => {});
	}

	/** What listens, in the order of the hops; empty until `ready`. */
	get hops(): OpenHop[] {
		return this.#listeners.map(({ open }) => open);
	}

	/** Connections that are open now. */
	get connections(): number {
		return this.#context.connections.size;
	}

	/** Stops accepting, waits for open connections, and resets those that are still open after `drain` milliseconds. */
	close(drain: number = this.#drain): Promise<ProxySummary> {
		this.#closing ??= this.#close(drain);
		return this.#closing;
	}

	/** Resets whatever is still open, while `close` waits. */
	abort(): void {
		this.#context.stopping.abort();
		for (const connection of [...this.#context.connections]) connection.reset();
	}

	async #listen(hops: readonly Hop[]): Promise<void> {
		const results = await Promise.allSettled(hops.map((hop) => listen(this.#context, hop)));
		const listeners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
		const failed = results.find((result) => result.status === "rejected");
		if (failed !== undefined) {
			for (const listener of listeners) listener.close();
			clearInterval(this.#tick);
			throw failed.reason;
		}
		this.#listeners = listeners;
	}

	async #close(drain: number): Promise<ProxySummary> {
		await this.ready.catch(() => {});
		for (const listener of this.#listeners) listener.close();
		const { connections } = this.#context;
		let cut = 0;
		if (connections.size > 0) {
			const timer = setTimeout(() => {
				cut = connections.size;
				this.abort();
			}, drain);
			await this.#context.idle();
			clearTimeout(timer);
		}
		this.#context.stopping.abort();
		clearInterval(this.#tick);
		this.pipeline.finish();
		return { connections: this.#context.opened, cut, entries: this.pipeline.entries };
	}

	/** A listener that throws is the caller's fault, not the decoder's. */
	#tell<Name extends keyof ProxyEvents>(name: Name, ...values: ProxyEvents[Name]): void {
		try {
			(this.emit as (name: Name, ...values: ProxyEvents[Name]) => boolean).call(this, name, ...values);
		} catch (error) {
			process.nextTick(() => {
				throw error;
			});
		}
	}
}
