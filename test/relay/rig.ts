import type { RelayStage } from "../../src/core/relay/stage.js";
import type { Carriage, CloseCode } from "../../src/core/relay/types.js";
import type { ToxicSet } from "../../src/core/toxics/set.js";
import type { Direction, Entry, Flow, Moment, Relay } from "../../src/index.js";
import { Pipeline, type PipelineOptions, RelayHub, type RelayHubOptions } from "../../src/index.js";

/** A relay with a pipeline behind it, driven as the shell drives it: cut-through where it is not active. `beside`: one more connection of that run. */
export class Rig {
	readonly entries: Entry[];
	/** what both legs carried, in order, as a recorder sees it */
	readonly recorded: { flow: Flow; dir: Direction; octets: Buffer }[];
	/** what went on, a buffer a write */
	readonly writes: [Buffer[], Buffer[]] = [[], []];
	readonly closed: [string[], string[]] = [[], []];
	/** how WebSocket is to carry each write, and close */
	readonly carriages: [(Carriage | undefined)[], (Carriage | undefined)[]] = [[], []];
	readonly codes: (CloseCode | undefined)[] = [];
	readonly pipeline: Pipeline;
	readonly hub: RelayHub;
	readonly relay: Relay;
	readonly #ids: number;
	readonly #now: Moment = { sec: 1000, nsec: 0, packet: 0 };

	constructor(
		stages: RelayStage[] = [],
		options: RelayHubOptions & {
			flow?: Partial<Flow>;
			classify?: PipelineOptions["classify"];
			beside?: Rig;
			ports?: { client: number };
			toxics?: ToxicSet;
		} = {},
	) {
		const { beside } = options;
		this.entries = beside?.entries ?? [];
		this.recorded = beside?.recorded ?? [];
		this.#ids = beside === undefined ? 0 : beside.#ids + 2;
		this.pipeline =
			beside?.pipeline ??
			new Pipeline({
				...(options.classify === undefined ? {} : { classify: options.classify }),
				onEntry: (entry) => {
					if (entry.protocol === "sip") entry.sip.retain();
					if (entry.protocol === "msrp") entry.msrp.retain();
					this.entries.push(entry);
				},
			});
		this.hub = beside?.hub ?? new RelayHub({ ...options, stages });
		const flow = (id: number, leg: "client" | "server", a: string, b: string): Flow => ({
			id,
			transport: "tcp",
			a: { address: a, port: 40000 + id },
			b: { address: b, port: leg === "client" ? (options.ports?.client ?? 5060) : 5060 },
			openerKnown: true,
			midStream: false,
			tunnels: [],
			began: { ...this.#now },
			leg,
			hop: "hop",
			...options.flow,
		});
		this.relay = this.hub.connect(
			{
				client: flow(this.#ids + 1, "client", "192.0.2.1", "192.0.2.100"),
				server: flow(this.#ids + 2, "server", "192.0.2.100", "198.51.100.2"),
				openFlow: (opened) => {
					const inner = this.pipeline.openFlow(opened);
					const record = (dir: Direction, buf: Buffer, start: number, end: number): void =>
						void this.recorded.push({ flow: opened, dir, octets: Buffer.from(buf.subarray(start, end)) });
					return {
						data: (dir, buf, start, end, at) => {
							record(dir, buf, start, end);
							inner.data(dir, buf, start, end, at);
						},
						gap: (dir, length, at) => inner.gap(dir, length, at),
						close: (dir, how, at) => inner.close(dir, how, at),
						problem: (dir, id, detail, at) => inner.problem(dir, id, detail, at),
						interested: (dir) => inner.interested(dir),
					};
				},
				toxics: options.toxics,
			},
			{
				send: (dir, octets, as) => {
					this.writes[dir].push(octets);
					this.carriages[dir].push(as);
				},
				close: (dir, how, code) => {
					this.closed[dir].push(how);
					this.codes.push(code);
				},
			},
		);
	}

	/** Octets that arrive; the memory is overwritten afterwards, as pooled reads do. */
	send(dir: Direction, octets: Buffer | string): void {
		const lent = Buffer.from(octets as string, "latin1");
		if (this.relay.active(dir)) this.relay.feed(dir, lent, 0, lent.length, this.#now);
		else {
			// As the shell does it: nothing follows an end.
			if (this.closed[dir].length === 0 && !this.closed.flat().includes("rst")) this.writes[dir].push(Buffer.from(lent));
			this.relay.passed(dir, lent, 0, lent.length, this.#now);
		}
		lent.fill(0x5a);
	}

	/** The octets cut at these places. */
	sendCut(dir: Direction, octets: Buffer, cuts: readonly number[]): void {
		const places = [...new Set(cuts.map((cut) => cut % (octets.length + 1)))].sort((a, b) => a - b);
		let from = 0;
		for (const to of [...places, octets.length]) {
			if (to > from) this.send(dir, Buffer.from(octets.subarray(from, to)));
			from = to;
		}
	}

	close(dir: Direction, how: "fin" | "rst" = "fin"): void {
		this.relay.close(dir, how, this.#now);
	}

	/** So many seconds go by; the relay is woken when it wants to be. */
	wait(seconds: number): void {
		const end = this.#now.sec * 1e9 + this.#now.nsec + Math.round(seconds * 1e9);
		for (let n = 0; n < 10_000; n++) {
			const at = this.relay.wakeAt;
			if (at === undefined || at.sec * 1e9 + at.nsec > end) break;
			this.#set(Math.max(at.sec * 1e9 + at.nsec, this.#now.sec * 1e9 + this.#now.nsec));
			this.relay.advance(this.#now);
		}
		this.#set(end);
	}

	get now(): Moment {
		return { ...this.#now };
	}

	out(dir: Direction): Buffer {
		return Buffer.concat(this.writes[dir]);
	}

	text(dir: Direction): string {
		return this.out(dir).toString("latin1");
	}

	#set(nanoseconds: number): void {
		this.#now.sec = Math.floor(nanoseconds / 1e9);
		this.#now.nsec = nanoseconds % 1e9;
	}
}

/** A stage that wants everything and changes nothing, or does what it is told. */
export function stage(parts: Partial<RelayStage> = {}): RelayStage {
	return { name: "test", touches: () => true, sip: () => undefined, msrp: () => undefined, ...parts };
}
