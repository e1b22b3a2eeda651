import { EventEmitter } from "node:events";
import { AnchorStage } from "../../core/anchor/stage.js";
import type { AnchorMode } from "../../core/anchor/types.js";
import type { ClassifierOptions } from "../../core/classify/classifier.js";
import type { Entry } from "../../core/model/entry.js";
import type { OpenFlow } from "../../core/model/flow.js";
import type { Limits } from "../../core/model/limits.js";
import type { Problem } from "../../core/model/problem.js";
import { Pipeline } from "../../core/pipeline/pipeline.js";
import { RelayHub } from "../../core/relay/hub.js";
import type { RelayStage } from "../../core/relay/stage.js";
import { now } from "../net/clock.js";
import { defaultAuthorityFolder } from "../net/tls/authority.js";
import { KeyLogFile } from "../net/tls/key-log-file.js";
import { ShellAnchorPorts } from "./anchor-ports.js";
import { ProxyContext } from "./context.js";
import type { Hop } from "./hop.js";
import type { HopState } from "./hop-state.js";
import type { OpenHop } from "./listen.js";
import { Listeners, parseHops } from "./listeners.js";
import type { RelayFactory } from "./relay-factory.js";

export interface ProxyOptions {
	/** `LISTEN=>TARGET`, or parsed */
	hops: readonly (string | Hop)[];
	/** what holds and changes messages, from the client to the server; default: nothing does */
	stages?: readonly RelayStage[];
	/** leads the MSRP sessions of calls through the proxy, behind `stages` */
	anchor?: AnchorMode;
	/** seconds after which the listener of an anchored session that nothing connects to is closed; default 180 */
	anchorIdle?: number;
	/** where nothing can be changed: "both" legs are decoded (default), or "once" for both, at half the cost and without the server's leg */
	decode?: "both" | "once";
	/** makes the relays instead; then `stages`, `anchor` and `decode` are nobody's */
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
	/** folder of the local certificate authority; default: mitmsrp in the user's configuration folder */
	authorityFolder?: string;
	/** file that TLS secrets are appended to, readable by the user only */
	keyLogFile?: string;
	/** is given every line of the TLS key log too */
	onSecret?(line: Buffer): void;
	/** read without an allocation each where this Node can; default true */
	pooledReads?: boolean;
	/** of everything that is left to chance in toxics; default 0 */
	seed?: number;
}

/** What became of the connections when the proxy was closed. */
export interface ProxySummary {
	/** connections and associations served in all */
	connections: number;
	/** those that were still open when the time was over, and were reset */
	cut: number;
	entries: number;
}

/** Figures of a proxy that runs. */
export interface ProxyTotals {
	/** connections and associations served in all, and now */
	opened: number;
	open: number;
	/** received to be forwarded, from clients and from servers */
	octets: [number, number];
	entries: number;
}

/** `entry`: octets are lent for the call. `late`: a finding about an entry that was told before. */
export interface ProxyEvents {
	entry: [entry: Entry];
	late: [entryNumber: number, problem: Problem];
}

export const CONNECT_TIMEOUT = 10_000;
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
	/** fulfilled when all hops listen; rejects with ListenError or HopError of the first that cannot, none listens then */
	readonly ready: Promise<void>;
	readonly pipeline: Pipeline;
	readonly #context: ProxyContext;
	readonly #drain: number;
	readonly #tick: NodeJS.Timeout;
	readonly #listeners: Listeners;
	readonly #anchors: ShellAnchorPorts;
	#keyLog: KeyLogFile | undefined;
	#closing: Promise<ProxySummary> | undefined;
	#changing: Promise<unknown> = Promise.resolve();

	constructor(options: ProxyOptions) {
		super();
		const hops = parseHops(options.hops);
		this.pipeline = new Pipeline({
			...(options.limits === undefined ? {} : { limits: options.limits }),
			...(options.classify === undefined ? {} : { classify: options.classify }),
			onEntry: (entry) => this.#tell("entry", entry),
			onLate: (number, problem) => this.#tell("late", number, problem),
		});
		const openFlow: OpenFlow = (flow) => this.pipeline.openFlow(flow);
		this.#anchors = new ShellAnchorPorts(() => this.#context, options.anchorIdle);
		const relay = options.relay ?? staged(options, this.#anchors);
		this.#context = new ProxyContext({
			pipeline: this.pipeline,
			relay,
			openFlow: options.tap?.(openFlow) ?? openFlow,
			connectTimeout: options.connectTimeout ?? CONNECT_TIMEOUT,
			pooled: options.pooledReads ?? true,
			authorityFolder: options.authorityFolder ?? defaultAuthorityFolder(),
			onSecret: (line) => {
				this.#keyLog?.write(line);
				options.onSecret?.(line);
			},
		});
		this.#drain = options.drain ?? DRAIN;
		this.#tick = setInterval(() => {
			this.pipeline.advance(now());
			this.#context.relays.advance(now());
			if (relay.rewrites === true) for (const connection of this.#context.connections) connection.look();
		}, TICK);
		this.#tick.unref();
		this.#listeners = new Listeners(this.#context);
		this.ready = this.#start(hops, options.keyLogFile);
		// Whoever does not wait for `ready` hears of it from `close`, not as an unhandled rejection.
		this.ready.catch(() => {});
	}

	/** What listens, in the order of the hops; empty until `ready`. */
	get hops(): OpenHop[] {
		return this.#listeners.open;
	}

	/** Connections that are open now. */
	get connections(): number {
		return this.#context.connections.size;
	}

	/** What it has done so far. */
	get totals(): ProxyTotals {
		const { opened, connections, octets } = this.#context;
		const totals = { opened, open: connections.size, octets: [octets[0], octets[1]] as [number, number], entries: this.pipeline.entries };
		for (const connection of connections) for (const dir of [0, 1] as const) totals.octets[dir] += connection.octets[dir];
		return totals;
	}

	/**
	 * Other hops from now on. Those that listen at the same address go on and take their new settings with the next client; connections
	 * that are open stay as they are. Rejects, and leaves everything as it was, when one of them cannot be had.
	 *
	 * @throws HopError when a hop is not written right
	 */
	async reload(hops: readonly (string | Hop)[], connectTimeout?: number): Promise<void> {
		const parsed = parseHops(hops);
		await this.ready;
		await this.#alone(() => this.#listeners.set(parsed));
		if (connectTimeout !== undefined) this.#context.options.connectTimeout = connectTimeout;
	}

	/**
	 * One more hop, from now on. `reload` knows nothing of it: what is not among its hops ends. With the `state` of a hop that was
	 * removed it has its toxics again.
	 *
	 * @throws HopError when it is not written right, or its address is taken by another hop; ListenError when it cannot be had
	 */
	async addHop(hop: string | Hop, state?: HopState): Promise<OpenHop> {
		const [parsed] = [...parseHops([hop]).values()] as [Hop];
		await this.ready;
		return this.#alone(() => this.#listeners.add(parsed, state));
	}

	/** Lets nobody in there any more; connections that are open go on. False where there is no hop with that id. */
	async removeHop(id: number): Promise<boolean> {
		await this.ready;
		return this.#alone(async () => this.#listeners.remove(id));
	}

	/** What a hop has beside its settings: its toxics, its connections. Undefined where there is no hop with that id. */
	hopState(id: number): HopState | undefined {
		return this.#listeners.state(id);
	}

	/** Breaks off the connections of a hop that is there or was removed. */
	breakOff(state: HopState): void {
		this.#context.breakOff(state);
	}

	/** Stops accepting, waits for open connections, and resets those that are still open after `drain` milliseconds. */
	close(drain: number = this.#drain): Promise<ProxySummary> {
		this.#closing ??= this.#close(drain);
		return this.#closing;
	}

	/** Resets whatever is still open, while `close` waits. */
	abort(): void {
		this.#context.stop();
		for (const connection of [...this.#context.connections]) connection.reset();
	}

	/** Changes of hops come one after the other. */
	#alone<T>(change: () => Promise<T>): Promise<T> {
		const done = this.#changing.then(change);
		this.#changing = done.catch(() => {});
		return done;
	}

	async #start(hops: ReadonlyMap<string, Hop>, keyLogFile: string | undefined): Promise<void> {
		try {
			if (keyLogFile !== undefined) this.#keyLog = await KeyLogFile.open(keyLogFile);
			await this.#listeners.set(hops);
		} catch (error) {
			clearInterval(this.#tick);
			await this.#keyLog?.close();
			throw error;
		}
	}

	async #close(drain: number): Promise<ProxySummary> {
		// Nobody is let in from here on, not even by listeners that are being opened.
		this.#listeners.close();
		this.#anchors.close();
		await this.ready.catch(() => {});
		const { connections } = this.#context;
		let cut = 0;
		for (const visit of this.#context.visits) visit.drop();
		if (connections.size > 0) {
			const timer = setTimeout(() => {
				cut = connections.size;
				this.abort();
			}, drain);
			await this.#context.idle();
			clearTimeout(timer);
		}
		this.#context.stop();
		await this.#context.relays.close();
		clearInterval(this.#tick);
		this.pipeline.finish();
		await this.#keyLog?.close();
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

function staged({ stages = [], anchor, limits, decode = "both", seed = 0 }: ProxyOptions, ports: ShellAnchorPorts): RelayFactory {
	const all = anchor === undefined ? stages : [...stages, new AnchorStage(anchor, ports)];
	const hub = new RelayHub({ stages: all, decode, seed, ...(limits === undefined ? {} : { limits }) });
	return Object.assign((...opening: Parameters<RelayFactory>) => hub.connect(...opening), { rewrites: hub.rewrites });
}
