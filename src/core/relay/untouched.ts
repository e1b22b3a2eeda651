import type { CloseHow, Direction } from "../model/flow.js";
import { copyMoment, type Moment } from "../model/time.js";
import type { ToxicChange, ToxicSubject } from "../toxics/set.js";
import { type ConnectionSetup, legsOf, RelayedConnection } from "./connection.js";
import type { Leg } from "./leg.js";
import type { Relay, RelaySink } from "./types.js";

/**
 * One connection that no stage touches: the legs are told of what passes, and that is all there is to it, until a toxic comes.
 * From then on it is a connection like any other. An idle one owns next to nothing.
 */
export class UntouchedConnection implements Relay, ToxicSubject {
	readonly #setup: ConnectionSetup;
	readonly #sink: RelaySink;
	readonly #client: Leg;
	readonly #server: Leg | undefined;
	#touched: RelayedConnection | undefined;
	#over = false;
	readonly #ended: [boolean, boolean] = [false, false];

	constructor(setup: ConnectionSetup, sink: RelaySink) {
		this.#setup = setup;
		this.#sink = sink;
		[this.#client, this.#server] = legsOf(setup);
		setup.toxics?.subscribe(this, copyMoment(setup.client.began));
	}

	get held(): number {
		return this.#touched?.held ?? 0;
	}

	get wakeAt(): Moment | undefined {
		return this.#touched?.wakeAt;
	}

	active(dir: Direction): boolean {
		return this.#touched?.active(dir) === true;
	}

	full(dir: Direction): boolean {
		return this.#touched?.full(dir) === true;
	}

	shaping(dir: Direction): boolean {
		return this.#touched?.shaping(dir) === true;
	}

	passed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		if (this.#touched !== undefined) {
			this.#touched.passed(dir, buf, start, end, at);
			return;
		}
		const client = this.#client;
		const server = this.#server;
		if (server === undefined) {
			client.data(dir, buf, start, end, at);
			client.last = undefined;
			return;
		}
		const [incoming, outgoing] = dir === 0 ? [client, server] : [server, client];
		incoming.data(dir, buf, start, end, at);
		outgoing.data(dir, buf, start, end, at);
		// Nobody asks for it, and it would keep the octets that it came in.
		client.last = undefined;
		server.last = undefined;
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		if (this.#touched !== undefined) {
			this.#touched.feed(dir, buf, start, end, at);
			return;
		}
		this.#sink.send(dir, Buffer.from(buf.subarray(start, end)));
		this.passed(dir, buf, start, end, at);
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		if (this.#touched !== undefined) {
			this.#touched.close(dir, how, at);
			return;
		}
		if (this.#over) return;
		const legs = [this.#client, this.#server];
		if (how !== "fin") {
			this.#finish();
			this.#sink.close(dir, "rst");
			for (const leg of legs) leg?.close(dir, how, at);
			return;
		}
		if (this.#ended[dir]) return;
		this.#ended[dir] = true;
		const [incoming, outgoing] = dir === 0 || this.#server === undefined ? legs : [this.#server, this.#client];
		incoming!.close(dir, how, at);
		if (this.#ended[0] && this.#ended[1]) this.#finish();
		this.#sink.close(dir, "fin");
		outgoing?.close(dir, how, copyMoment(at));
	}

	advance(now: Moment): void {
		this.#touched?.advance(now);
	}

	/** The first toxic: what it takes to shape octets is made now, and is told of all toxics by the set. */
	toxicChanged(_change: ToxicChange, now: Moment): void {
		const { toxics } = this.#setup;
		toxics?.unsubscribe(this);
		if (this.#over || this.#touched !== undefined) return;
		const legs = [this.#client, this.#server] as const;
		this.#touched = new RelayedConnection(this.#setup, this.#sink, { legs, ended: this.#ended, now });
	}

	#finish(): void {
		this.#over = true;
		this.#setup.toxics?.unsubscribe(this);
		this.#setup.onClosed();
	}
}
