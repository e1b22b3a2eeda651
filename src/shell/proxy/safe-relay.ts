import type { CloseHow, Direction } from "../../core/model/flow.js";
import type { Moment } from "../../core/model/time.js";
import type { Relay, RelaySink } from "../../core/relay/types.js";

/**
 * The boundary to the core: a fault in there never breaks forwarding. After the first one the connection is opaque,
 * its octets pass unseen. Where octets were held at that moment the stream would have a hole, so it is reset instead.
 */
export class SafeRelay implements Relay {
	readonly #sink: RelaySink;
	readonly #onFault: (error: unknown, lost: boolean) => void;
	#relay: Relay | undefined;

	/** `onFault` is told once; `lost`: the connection was reset because octets were held. */
	constructor(make: (sink: RelaySink) => Relay, sink: RelaySink, onFault: (error: unknown, lost: boolean) => void) {
		this.#sink = sink;
		this.#onFault = onFault;
		try {
			this.#relay = make(sink);
		} catch (error) {
			onFault(error, false);
		}
	}

	get held(): number {
		return this.#relay?.held ?? 0;
	}

	get wakeAt(): Moment | undefined {
		return this.#relay?.wakeAt;
	}

	active(dir: Direction): boolean {
		if (this.#relay === undefined) return false;
		try {
			return this.#relay.active(dir);
		} catch (error) {
			this.#fault(dir, error, false);
			return false;
		}
	}

	full(dir: Direction): boolean {
		return this.#relay?.full?.(dir) === true;
	}

	shaping(dir: Direction): boolean {
		return this.#relay?.shaping?.(dir) === true;
	}

	passed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		if (this.#relay === undefined) return;
		try {
			this.#relay.passed(dir, buf, start, end, at);
		} catch (error) {
			this.#fault(dir, error, this.#holds());
		}
	}

	feed(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		try {
			if (this.#relay !== undefined) {
				this.#relay.feed(dir, buf, start, end, at);
				return;
			}
		} catch (error) {
			// Nobody knows how much of this call went out already.
			this.#fault(dir, error, true);
			return;
		}
		this.#sink.send(dir, Buffer.from(buf.subarray(start, end)));
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		try {
			if (this.#relay !== undefined) {
				this.#relay.close(dir, how, at);
				return;
			}
		} catch (error) {
			this.#fault(dir, error, this.#holds());
		}
		this.#sink.close(dir, how === "fin" ? "fin" : "rst");
	}

	advance(now: Moment): void {
		if (this.#relay === undefined) return;
		try {
			this.#relay.advance(now);
		} catch (error) {
			this.#fault(0, error, true);
		}
	}

	#holds(): boolean {
		try {
			return (this.#relay?.held ?? 0) > 0;
		} catch {
			return true;
		}
	}

	#fault(dir: Direction, error: unknown, lost: boolean): void {
		this.#relay = undefined;
		this.#onFault(error, lost);
		if (lost) this.#sink.close(dir, "rst");
	}
}
