import type { Random } from "../model/random.js";

/** From the client to the server (direction 0), or back (direction 1), as toxiproxy names them. */
export type Stream = "upstream" | "downstream";

export const STREAMS: readonly Stream[] = ["upstream", "downstream"];

/** Octets on their way through a chain, owned. */
export interface Chunk {
	octets: Buffer;
	/** when they came into the chain, in milliseconds, and later by what a latency added */
	at: number;
	/** whatever belongs to them, for whoever takes them at the end of the chain */
	tag: unknown;
	/** of what came into the chain together these begin here */
	offset: number;
}

/** How a direction ends: in order, with the whole connection closed in order, or with a reset. */
export type Ending = "fin" | "close" | "reset";

/** Where a toxic gives on what has passed it. All times are in milliseconds. */
export interface Onward {
	push(chunk: Chunk, now: number): void;
	/** Nothing may follow. */
	end(how: Ending, now: number): void;
}

/** A toxic at work in one direction of one connection. Pure: time comes with every call. */
export interface Toxin extends Onward {
	/** Time has passed: what is due goes on. */
	advance(now: number): void;
	/** when `advance` is needed next */
	readonly wakeAt: number | undefined;
	/** octets that wait here, and in how many chunks */
	readonly held: number;
	readonly waiting: number;
	/** Other attributes from now on, for what waits too. */
	update(attributes: Attributes, now: number): void;
	/** It is taken away: what waits goes on at once, in order. */
	remove(now: number): void;
}

export type Attributes = Readonly<Record<string, number>>;

/** What a toxic has to do with. */
export interface Surroundings {
	onward: Onward;
	random: Random;
	/** chunks are messages (datagrams, WebSocket messages): never cut, never joined */
	whole: boolean;
}

/** One attribute: a whole number from 0. */
export interface AttributeDefinition {
	unit: "ms" | "µs" | "KB/s" | "octets";
	doc: string;
}

/** One kind of toxic: everything about it, in one file. */
export interface ToxicKind {
	/** as toxiproxy names it: "slow_close" */
	readonly name: string;
	/** what it does, one sentence */
	readonly title: string;
	/** in the order in which they are shown; one that is not given is 0 */
	readonly attributes: Readonly<Record<string, AttributeDefinition>>;
	/** octets that may wait in it before the source is stopped */
	readonly window: number;
	/** What no attribute by itself shows: one sentence about what is wrong, or nothing. */
	check?(attributes: Attributes): string | undefined;
	begin(attributes: Attributes, surroundings: Surroundings, now: number): Toxin;
}

/** One toxic as it was asked for. */
export interface ToxicSettings {
	readonly name: string;
	readonly type: string;
	readonly stream: Stream;
	/** share of connections that it works on, from 0 to 1 */
	readonly toxicity: number;
	readonly attributes: Attributes;
	/** of its chance on a connection; undefined: that of the run */
	readonly seed?: number;
	/** milliseconds after which it is taken away from a connection; undefined: it stays */
	readonly lasts?: number;
}
