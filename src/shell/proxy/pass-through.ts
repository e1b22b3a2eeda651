import type { CloseHow, Direction, FlowSink } from "../../core/model/flow.js";
import type { Moment } from "../../core/model/time.js";
import type { Relay, RelaySink } from "../../core/relay/types.js";
import type { RelayOpening } from "./relay-factory.js";

/** Changes nothing and holds nothing: both legs carry the same octets, which are decoded as such. */
export function passThrough({ client, server, openFlow }: RelayOpening, sink: RelaySink): Relay {
	return new PassThrough([openFlow(client), openFlow(server)], sink);
}

class PassThrough implements Relay {
	readonly wakeAt = undefined;
	readonly held = 0;
	readonly #legs: readonly FlowSink[];
	readonly #sink: RelaySink;

	constructor(legs: readonly FlowSink[], sink: RelaySink) {
		this.#legs = legs;
		this.#sink = sink;
	}

	active(_dir: Direction): boolean {
		return false;
	}

	passed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		for (const leg of this.#legs) if (leg.interested(dir)) leg.data(dir, buf, start, end, at);
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		this.#sink.send(dir, Buffer.from(buf.subarray(start, end)));
		this.passed(dir, buf, start, end, at);
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		this.#sink.close(dir, how === "fin" ? "fin" : "rst");
		for (const leg of this.#legs) leg.close(dir, how, at);
	}

	advance(_now: Moment): void {}
}
