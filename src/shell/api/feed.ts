import type { ServerResponse } from "node:http";
import type { Filter } from "../../core/rules/filter/index.js";
import type { EntryStore } from "../../core/store/entry-store.js";
import type { ControlledProxy } from "../live/controlled-proxy.js";
import { now } from "../net/clock.js";
import type { EntryLines } from "./entry-json.js";
import { heldJson } from "./held-json.js";
import { ApiError } from "./route.js";

export const EVENT_KINDS = ["entry", "late", "marks", "held", "breakpoints", "rules"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface FeedOptions {
	filter?: Filter | undefined;
	/** entries after this one; undefined: those to come */
	after?: number | undefined;
	verbosity: number;
	kinds: ReadonlySet<EventKind>;
}

/** streams at once */
const MOST_READERS = 1_000;
/** octets that may wait for one reader before it is given nothing more */
const MOST_WAITING = 64 << 10;
/** entries that one reader is given, and that are looked at for it, in one turn */
const TURN = { limit: 50, scan: 1_000 };
/** milliseconds of one turn for all readers: then the proxy is next */
const SLICE = 5;
/** changes that are remembered for readers that are behind */
const MOST_CHANGES = 1_000;
/** milliseconds between signs of life; who takes nothing for two of them has gone */
const BEAT = 15_000;

/** Something that happened and is no new entry. */
interface Change {
	number: number;
	kind: EventKind;
	event: string;
	data: string;
	/** of the entry that it is about; 0: none */
	entry: number;
}

interface Reader extends FeedOptions {
	response: ServerResponse;
	/** number of the last entry that was looked at, and of the last change */
	cursor: number;
	change: number;
	/** octets were waiting at the last beat */
	stuck: boolean;
}

/**
 * Entries and changes as server-sent events. Readers are not sent what comes, they are led along the store: who is slow is behind and
 * costs nothing but a number, who is too slow is told of the gap.
 */
export class Feed {
	readonly #store: EntryStore;
	readonly #lines: EntryLines;
	readonly #readers = new Set<Reader>();
	readonly #changes: Change[] = [];
	readonly #beat: NodeJS.Timeout;
	readonly #ends: (() => void)[];
	#changed = 0;
	#scheduled = false;
	#closed = false;

	constructor(proxy: ControlledProxy, lines: EntryLines) {
		this.#store = proxy.store;
		this.#lines = lines;
		this.#ends = [
			proxy.store.subscribe((change) => {
				if (change.kind === "late")
					this.#happened("late", "late", { entry: change.entry.number, problem: change.problem }, change.entry.number);
				else if (change.kind === "marks")
					this.#happened("marks", "marks", { entry: change.entry.number, mark: change.entry.marks ?? [] }, change.entry.number);
				this.#soon();
			}),
			proxy.breakpoints.onChange((change) => {
				if (change.kind === "breakpoints") this.#happened("breakpoints", "breakpoints", {});
				else
					this.#happened("held", change.kind, { ...heldJson(change.held, now()), ...(change.timedOut === true ? { timedOut: true } : {}) });
				this.#soon();
			}),
		];
		this.#ends.push(
			proxy.rules.onChange(() => {
				this.#happened("rules", "rules", {});
				this.#soon();
			}),
		);
		this.#beat = setInterval(() => this.#live(), BEAT);
		this.#beat.unref();
	}

	/** streams that are open */
	get readers(): number {
		return this.#readers.size;
	}

	/** @throws ApiError when no further stream may be opened */
	room(): void {
		if (this.#readers.size < MOST_READERS) return;
		throw new ApiError(503, "Too many streams", `${MOST_READERS} streams are open; close one, or ask /entries in pages`);
	}

	open(response: ServerResponse, options: FeedOptions): void {
		const reader: Reader = {
			...options,
			response,
			cursor: Math.min(options.after ?? this.#store.last, this.#store.last),
			change: this.#changed,
			stuck: false,
		};
		response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
		response.write(": mitmsrp\n\n");
		this.#readers.add(reader);
		response.on("drain", () => this.#soon());
		response.on("close", () => this.#readers.delete(reader));
		response.on("error", () => this.#readers.delete(reader));
		this.#soon();
	}

	close(): void {
		this.#closed = true;
		clearInterval(this.#beat);
		for (const end of this.#ends) end();
		for (const { response } of this.#readers) response.end();
		this.#readers.clear();
	}

	#happened(kind: EventKind, event: string, data: object, entry = 0): void {
		if (this.#readers.size === 0) return;
		this.#changes.push({ number: ++this.#changed, kind, event, data: JSON.stringify(data), entry });
		if (this.#changes.length > MOST_CHANGES) this.#changes.shift();
	}

	#soon(): void {
		if (this.#scheduled || this.#closed || this.#readers.size === 0) return;
		this.#scheduled = true;
		setImmediate(() => {
			this.#scheduled = false;
			this.#turn();
		});
	}

	/** Gives every reader something, as far as time allows; who was served goes to the end of the row. */
	#turn(): void {
		const over = performance.now() + SLICE;
		let more = false;
		for (const reader of [...this.#readers]) {
			if (performance.now() > over) {
				more = true;
				break;
			}
			if (!this.#behind(reader)) continue;
			this.#readers.delete(reader);
			this.#readers.add(reader);
			if (full(reader)) continue;
			this.#serve(reader);
			if (this.#behind(reader) && !full(reader)) more = true;
		}
		if (more) this.#soon();
	}

	#behind({ cursor, change }: Reader): boolean {
		return cursor < this.#store.last || change < this.#changed;
	}

	#serve(reader: Reader): void {
		this.#entries(reader);
		// What is told of an entry comes after it.
		for (const { number, kind, event, data, entry } of this.#changesFor(reader)) {
			if (full(reader)) return;
			reader.change = number;
			if (!reader.kinds.has(kind) || entry > reader.cursor) continue;
			const about = entry === 0 ? undefined : this.#store.get(entry);
			if (about !== undefined && !this.#store.matches(reader.filter, about)) continue;
			reader.response.write(`event: ${event}\ndata: ${data}\n\n`);
		}
	}

	#changesFor({ change }: Reader): Change[] {
		const { length } = this.#changes;
		const behind = this.#changed - change;
		return behind === 0 ? [] : this.#changes.slice(Math.max(0, length - behind));
	}

	#entries(reader: Reader): void {
		if (!reader.kinds.has("entry")) {
			reader.cursor = this.#store.last;
			return;
		}
		const { filter, response, verbosity } = reader;
		const missed = this.#store.first - 1 - reader.cursor;
		if (missed > 0) {
			response.write(`event: gap\ndata: ${JSON.stringify({ after: reader.cursor, before: this.#store.first, missed })}\n\n`);
			reader.cursor += missed;
		}
		const { entries, next } = this.#store.query({ filter, after: reader.cursor, ...TURN });
		for (const entry of entries) {
			if (full(reader)) return;
			response.write(`id: ${entry.number}\nevent: entry\ndata: ${this.#lines.line(entry, verbosity)}\n\n`);
			reader.cursor = entry.number;
		}
		reader.cursor = next ?? this.#store.last;
	}

	/** Comments keep boxes in between awake; who has not taken the one before is not there any more. */
	#live(): void {
		for (const reader of this.#readers) {
			const { response, stuck } = reader;
			const waits = response.writableLength > 0;
			if (waits && stuck) response.destroy();
			else if (!waits) response.write(":\n\n");
			reader.stuck = waits;
		}
	}
}

function full({ response }: Reader): boolean {
	return response.writableLength > MOST_WAITING;
}
