import type { FilterContext } from "../fields/filter/types.js";
import type { Entry } from "../model/entry.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { RelayProtocol } from "../relay/stage.js";
import { compileFilter, type Filter } from "../rules/filter/index.js";
import { type Breakpoint, BreakpointError, type BreakpointOptions } from "./types.js";

const TIMEOUT = 300;
export const LONGEST = 86_400;
/** how the filter's needs name responses, which have no method */
const RESPONSE = "(response)";

/** A breakpoint as it stands. */
export interface Point extends Breakpoint {
	name: string | undefined;
	filter: Filter;
	enabled: boolean;
	timeout: number;
	onTimeout: "resume" | "drop";
	left: number | undefined;
	hits: number;
}

/** The breakpoints, in order: the first that matches holds a message. */
export class Points {
	readonly #all = new Map<number, Point>();
	#last = 0;
	#enabled: Point[] = [];
	#protocols = new Set<RelayProtocol>();

	list(): Point[] {
		return [...this.#all.values()];
	}

	get(id: number): Point {
		const point = this.#all.get(id);
		if (point !== undefined) return point;
		const there = this.#all.size === 0 ? "there are none" : `there are ${[...this.#all.keys()].join(", ")}`;
		throw new BreakpointError(`no breakpoint ${id}: ${there}`);
	}

	/** Could any of them hold messages of that protocol? */
	concern(protocol: RelayProtocol | undefined): boolean {
		return protocol === undefined ? this.#protocols.size > 0 : this.#protocols.has(protocol);
	}

	/** Could any of them match a frame with that head? */
	concernFrame({ kind, method }: MsrpFrame): boolean {
		return this.#enabled.some(({ filter }) => {
			const methods = filter.needs.kinds.get("msrp");
			return methods === "any" || methods?.has(kind === "response" ? RESPONSE : method) === true;
		});
	}

	match(entry: Entry, context: FilterContext): Point | undefined {
		return this.#enabled.find(({ filter }) => filter.needs.kinds.has(entry.protocol) && filter.test(entry, context));
	}

	/** One more message is held. */
	hit(point: Point): void {
		point.hits++;
		if (point.left === undefined) return;
		point.left--;
		if (point.left > 0) return;
		point.enabled = false;
		this.#index();
	}

	add(filter: string | Filter, options: BreakpointOptions, most: number): Point {
		if (this.#all.size >= most) throw new BreakpointError(`there are ${most} breakpoints already: remove one first`);
		const point: Point = {
			id: this.#last + 1,
			...settings({ name: undefined, timeout: TIMEOUT, onTimeout: "resume", left: undefined, enabled: true }, options),
			filter: typeof filter === "string" ? compileFilter(filter) : filter,
			hits: 0,
		};
		this.#last++;
		this.#all.set(point.id, point);
		this.#index();
		return point;
	}

	change(id: number, filter: string | Filter | undefined, options: BreakpointOptions): Point {
		const point = this.get(id);
		const { name, timeout, onTimeout, left, enabled } = point;
		const changed = settings({ name, timeout, onTimeout, left, enabled }, options);
		const compiled = typeof filter === "string" ? compileFilter(filter) : filter;
		Object.assign(point, changed, compiled === undefined ? {} : { filter: compiled });
		this.#index();
		return point;
	}

	remove(id: number): void {
		this.get(id);
		this.#all.delete(id);
		this.#index();
	}

	#index(): void {
		this.#enabled = this.list().filter(({ enabled }) => enabled);
		this.#protocols = new Set();
		for (const { filter } of this.#enabled) {
			for (const protocol of ["sip", "msrp"] as const) if (filter.needs.kinds.has(protocol)) this.#protocols.add(protocol);
		}
	}
}

type Settings = Pick<Point, "name" | "timeout" | "onTimeout" | "left" | "enabled">;

function settings(before: Settings, options: BreakpointOptions): Settings {
	const { name = before.name, timeout = before.timeout, onTimeout = before.onTimeout } = options;
	const { times = before.left, enabled = before.enabled } = options;
	if (!(timeout >= 0.001 && timeout <= LONGEST)) throw new BreakpointError(`timeout ${timeout}: give seconds from 0.001 to ${LONGEST}`);
	if (onTimeout !== "resume" && onTimeout !== "drop") throw new BreakpointError(`onTimeout "${onTimeout}": give resume or drop`);
	if (options.times !== undefined && !(Number.isSafeInteger(times) && times! > 0)) {
		throw new BreakpointError(`times ${times}: give a whole number from 1`);
	}
	// Switched on again after its last message it holds all of them.
	return { name, timeout, onTimeout, left: enabled && times === 0 ? undefined : times, enabled };
}
