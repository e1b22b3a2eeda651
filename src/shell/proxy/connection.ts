import type { Direction } from "../../core/model/flow.js";
import type { Carriage, CloseCode, Relay, RelaySink } from "../../core/relay/types.js";
import type { Channel, ChannelHandler, CloseReason } from "../net/channel.js";
import { millisecondsUntil, now } from "../net/clock.js";
import { withContentLength } from "../net/content-length.js";
import { SafeRelay } from "./safe-relay.js";

/** Octets that a relay may hold for later before the sources are paused. */
const MOST_HELD = 8 << 20;
/** milliseconds that one side may go on sending after the other has closed both directions */
const LINGER = 5_000;
/** setTimeout takes no more */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface ConnectionOptions {
	client: Channel;
	server: Channel;
	relay(sink: RelaySink): Relay;
	/** the decoder threw; `lost`: the connection was reset because octets were held */
	onFault(error: unknown, lost: boolean): void;
	/** a side was closed by an error; direction 0: the client's */
	onBroken?(dir: Direction, error: Error): void;
	/** both sides are closed */
	onClosed(): void;
}

/**
 * One connection through the proxy. Where the relay is not active octets are written first and shown to it after:
 * one write a read, no copy. Ends and resets are passed on as such; whoever is behind stops the other side.
 */
export class Connection {
	readonly client: Channel;
	readonly server: Channel;
	/** octets forwarded, by direction */
	readonly octets: [number, number] = [0, 0];
	/** octets that went out, by direction */
	readonly sent: [number, number] = [0, 0];
	readonly #relay: SafeRelay;
	readonly #options: ConnectionOptions;
	/** the end of this direction has arrived */
	readonly #ended: [boolean, boolean] = [false, false];
	/** the end of this direction was passed on */
	readonly #finished: [boolean, boolean] = [false, false];
	readonly #closed: [boolean, boolean] = [false, false];
	/** how a WebSocket peer closed, to be passed on with the end */
	readonly #reasons: [CloseReason | undefined, CloseReason | undefined] = [undefined, undefined];
	readonly #binary: [boolean, boolean] = [true, true];
	#broken = false;
	#over = false;
	#timer: NodeJS.Timeout | undefined;
	#timerAt = Number.POSITIVE_INFINITY;
	/** the source of this direction waits for what is held here */
	readonly #heldBack: [boolean, boolean] = [false, false];
	#cut = false;
	#lingering: NodeJS.Timeout | undefined;

	constructor(options: ConnectionOptions) {
		this.#options = options;
		this.client = options.client;
		this.server = options.server;
		const sink: RelaySink = {
			send: (dir, octets, as) => this.#send(dir, octets, as),
			close: (dir, how, code) => this.#pass(dir, how, code),
			shut: () => this.#shut(),
			wake: () => this.look(),
		};
		this.#relay = new SafeRelay(options.relay, sink, options.onFault);
	}

	/** Begins to read both sides; `head` was read from the client already. */
	start(head?: Buffer): void {
		if (head !== undefined && head.length > 0) this.#data(0, head, undefined);
		this.server.start(this.#handler(1));
		this.client.start(this.#handler(0));
		this.#wake();
	}

	/** Something outside may have changed what the relay waits for. */
	look(): void {
		// A stage that is told of the connection may ask while that is still being made.
		if (this.#relay !== undefined) this.#wake();
	}

	/** Breaks both sides off. */
	reset(): void {
		if (this.#broken) return;
		this.#broken = true;
		if (!this.#over) this.#relay.close(0, "rst", now());
		this.client.reset();
		this.server.reset();
	}

	/** The association has been idle for too long. */
	expire(): void {
		this.#relay.close(0, "idle", now());
		this.client.reset();
		this.server.reset();
	}

	#handler(dir: Direction): ChannelHandler {
		return {
			data: (chunk, binary) => this.#data(dir, chunk, binary),
			end: (reason) => {
				if (this.#ended[dir]) return;
				this.#ended[dir] = true;
				this.#reasons[dir] = reason;
				this.#relay.close(dir, "fin", now());
				this.#wake();
			},
			drain: () => {
				const source = dir === 0 ? 1 : 0;
				if (!this.#heldBack[source]) this.#from(source).resume();
			},
			control: (kind, payload) => this.#to(dir).control?.(kind, payload),
			closed: (error) => this.#sideClosed(dir, error),
		};
	}

	#data(dir: Direction, given: Buffer, binary: boolean | undefined): boolean {
		if (this.#cut) return false;
		const out = this.#to(dir);
		const chunk = out.sized === true ? withContentLength(given) : given;
		this.octets[dir] += chunk.length;
		if (binary !== undefined) this.#binary[dir] = binary;
		if (chunk.length === 0) {
			// A WebSocket message or datagram without octets: there is nothing to look at, but the other side is to have it too.
			if (!this.#finished[dir] && !out.write(chunk, binary)) this.#from(dir).pause();
			return false;
		}
		if (this.#relay.active(dir)) {
			// The pieces of what came in one read go out in one write; those that toxics make have their own.
			const gathers = !this.#relay.shaping(dir);
			if (gathers) out.gather?.();
			this.#relay.feed(dir, chunk, 0, chunk.length, now());
			if (gathers) out.flush?.();
			this.#wake();
			return false;
		}
		// Where the end was passed on already (a relay that cut it short) nothing may follow.
		const more = this.#finished[dir] || out.write(chunk, binary);
		this.sent[dir] += chunk.length;
		this.#relay.passed(dir, chunk, 0, chunk.length, now());
		if (this.#relay.wakeAt !== undefined) this.#wake();
		if (!more) this.#from(dir).pause();
		return out.pending > 0;
	}

	#send(dir: Direction, octets: Buffer, as: Carriage | undefined): void {
		if (this.#finished[dir] || this.#broken) return;
		this.sent[dir] += octets.length;
		if (!this.#to(dir).write(octets, this.#binary[dir], as)) this.#from(dir).pause();
	}

	#pass(dir: Direction, how: "fin" | "rst", code?: CloseCode): void {
		if (how === "rst") {
			if (this.#broken) return;
			this.#broken = true;
			this.client.reset();
			this.server.reset();
		} else if (!this.#finished[dir]) {
			this.#finished[dir] = true;
			this.#to(dir).end(code === undefined ? this.#reasons[dir] : { code: code.code, reason: Buffer.from(code.reason) });
		}
	}

	#sideClosed(dir: Direction, error: Error | undefined): void {
		if (this.#closed[dir]) return;
		this.#closed[dir] = true;
		if (error !== undefined && !this.#broken) this.#options.onBroken?.(dir, error);
		const other = dir === 0 ? 1 : 0;
		if (!this.#broken && (error !== undefined || !this.#ended[dir])) {
			this.#relay.close(dir, "rst", now());
			this.#pass(dir, "rst");
		} else if (!this.#broken && !this.#closed[other] && !this.#finished[other]) this.#linger(other);
		if (this.#closed[other] && !this.#over) {
			this.#over = true;
			clearTimeout(this.#timer);
			clearTimeout(this.#lingering);
			this.#options.onClosed();
		}
	}

	/** The peer that direction `dir` goes to has closed for good (WebSocket knows no half-close): whoever still sends is reset after a while. */
	#linger(dir: Direction): void {
		this.#finished[dir] = true;
		this.#lingering = setTimeout(() => this.reset(), LINGER);
		this.#lingering.unref();
	}

	/** Closed from here: what still comes is for nobody, and who does not close in turn is reset. */
	#shut(): void {
		this.#cut = true;
		for (const dir of [0, 1] as const) this.#from(dir).resume();
		if (this.#lingering !== undefined || this.#over) return;
		this.#lingering = setTimeout(() => this.reset(), LINGER);
		this.#lingering.unref();
	}

	/** Looks after what the relay holds: when it has to be asked again, and whether it holds too much. */
	#wake(): void {
		const at = this.#relay.wakeAt;
		if (at === undefined) {
			this.#rest();
		} else {
			const due = at.sec * 1e9 + at.nsec;
			if (due !== this.#timerAt && !this.#over) {
				clearTimeout(this.#timer);
				this.#timerAt = due;
				this.#timer = setTimeout(() => this.#advance(), Math.min(LONGEST_TIMER, millisecondsUntil(at)));
			}
		}
		const all = at !== undefined && this.#relay.held > MOST_HELD;
		for (const dir of [0, 1] as const) {
			const full = (all || this.#relay.full(dir)) && !this.#cut;
			if (full === this.#heldBack[dir]) continue;
			this.#heldBack[dir] = full;
			if (full) this.#from(dir).pause();
			else if (this.#to(dir).pending === 0) this.#from(dir).resume();
		}
	}

	#rest(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#timerAt = Number.POSITIVE_INFINITY;
	}

	#advance(): void {
		this.#rest();
		this.#relay.advance(now());
		this.#wake();
	}

	#from(dir: Direction): Channel {
		return dir === 0 ? this.client : this.server;
	}

	#to(dir: Direction): Channel {
		return dir === 0 ? this.server : this.client;
	}
}
